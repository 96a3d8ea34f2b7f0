use ndarray::Array2;

pub fn reparameterise_backward(
    d_z: &Array2<f64>,
    log_var: &Array2<f64>,
    noise: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let half_sigma = log_var.mapv(|s| 0.5 * (s / 2.0).exp());
    (d_z.clone(), d_z * &half_sigma * noise)
}
