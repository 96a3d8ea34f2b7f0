use ndarray::Array2;

pub fn codebook_backward(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
) -> Array2<f64> {
    let mut d_codebook = Array2::zeros(codebook.raw_dim());
    for (z, &k) in z_e.rows().into_iter().zip(indices) {
        let pull = &codebook.row(k) - &z;
        d_codebook.row_mut(k).scaled_add(2.0 / z_e.len() as f64, &pull);
    }
    d_codebook
}
