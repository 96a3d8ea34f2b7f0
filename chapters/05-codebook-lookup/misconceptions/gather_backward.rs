use ndarray::Array2;

pub fn overwritten(
    d_z_q: &Array2<f64>,
    indices: &[usize],
    k: usize,
) -> Array2<f64> {
    let mut d_codebook = Array2::zeros((k, d_z_q.ncols()));
    for (d, &k) in d_z_q.rows().into_iter().zip(indices) {
        d_codebook.row_mut(k).assign(&d);
    }
    d_codebook
}

pub fn averaged(
    d_z_q: &Array2<f64>,
    indices: &[usize],
    k: usize,
) -> Array2<f64> {
    let mut d_codebook = Array2::zeros((k, d_z_q.ncols()));
    for (d, &k) in d_z_q.rows().into_iter().zip(indices) {
        let count = indices.iter().filter(|&&other| other == k).count();
        d_codebook.row_mut(k).scaled_add(1.0 / count as f64, &d);
    }
    d_codebook
}

pub fn stopped(d_z_q: &Array2<f64>, _: &[usize], k: usize) -> Array2<f64> {
    Array2::zeros((k, d_z_q.ncols()))
}
