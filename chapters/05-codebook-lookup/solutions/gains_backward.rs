use ndarray::{Array1, Array2};

pub fn gains_backward(
    d_z_q: &Array2<f64>,    // [N, C]
    codebook: &Array2<f64>, // [K, C]
    indices: &[usize],      // [N]
    gains: &Array1<f64>,    // [N]
) -> (Array2<f64>, Array1<f64>) {
    let mut d_codebook = Array2::zeros(codebook.raw_dim()); // [K, C]
    let mut d_gains = Array1::zeros(gains.len()); // [N]
    for (n, d) in d_z_q.rows().into_iter().enumerate() {
        let k = indices[n];
        d_codebook.row_mut(k).scaled_add(gains[n], &d);
        d_gains[n] = d.dot(&codebook.row(k));
    }
    (d_codebook, d_gains)
}
