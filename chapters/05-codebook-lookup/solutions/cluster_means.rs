use ndarray::{Array2, Axis};

pub fn cluster_means(
    z: &Array2<f64>,
    indices: &[usize],
    codebook: &Array2<f64>,
) -> Array2<f64> {
    let mut means = codebook.clone();
    for k in 0..codebook.nrows() {
        let own: Vec<usize> =
            (0..z.nrows()).filter(|&n| indices[n] == k).collect();
        if let Some(mean) = z.select(Axis(0), &own).mean_axis(Axis(0)) {
            means.row_mut(k).assign(&mean);
        }
    }
    means
}
