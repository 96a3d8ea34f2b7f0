use ndarray::{Array1, Array2, Axis};

pub fn ema_update(
    counts: &Array1<f64>,
    sums: &Array2<f64>,
    z_e: &Array2<f64>,
    indices: &[usize],
    gamma: f64,
) -> (Array1<f64>, Array2<f64>, Array2<f64>) {
    let (mut counts, mut sums) = (counts * gamma, sums * gamma);
    for (z, &k) in z_e.rows().into_iter().zip(indices) {
        counts[k] += 1.0 - gamma;
        sums.row_mut(k).scaled_add(1.0 - gamma, &z);
    }
    let codebook = &sums / &counts.view().insert_axis(Axis(1));
    (counts, sums, codebook)
}
