use ndarray::Array2;

pub fn encoder_gradient(
    d_z_q: &Array2<f64>,
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    d_z_q + (z_e - z_q) * (2.0 * beta / z_e.len() as f64)
}
