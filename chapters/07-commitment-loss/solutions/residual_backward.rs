use codebook_lookup::plain::gather;
use ndarray::Array2;

pub fn residual_backward(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
    codes: &Array2<usize>,
    beta: f64,
) -> Array2<f64> {
    let (mut left, mut d_z_e) = (z_e.clone(), z_e * 0.0);
    for (e, codes) in codebooks.iter().zip(codes.columns()) {
        left -= &gather(e, &codes.to_vec());
        d_z_e.scaled_add(2.0 * beta / z_e.len().max(1) as f64, &left);
    }
    d_z_e
}
