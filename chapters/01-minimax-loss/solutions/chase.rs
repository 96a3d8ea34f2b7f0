use minimax_loss::plain::optimal_logit;
use ndarray::Array2;

pub fn chase(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: fn(&Array2<f64>) -> Array2<f64>,
) -> Vec<f64> {
    let mut path = Vec::new();
    for z in noise {
        // Log-densities at x = m + z, without what both have in common.
        let logit =
            |z: f64| optimal_logit(-0.5 * (m + z).powi(2), -0.5 * z * z);
        let d_s = loss_backward(&z.mapv(logit)); // [B, 1]
        let slope = -m; // of log p(x) - log q(x) = m²/2 - m x, at every x
        m -= eta * d_s.sum() * slope;
        path.push(m);
    }
    path
}
