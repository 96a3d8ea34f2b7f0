use ndarray::Array2;

pub fn gaussian_kl_backward(
    mu: &Array2<f64>,
    log_var: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let b = mu.nrows() as f64;
    (mu / b, log_var.mapv(|s| 0.5 * (s.exp() - 1.0) / b))
}
