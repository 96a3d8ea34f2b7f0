use ndarray::Array2;

pub fn g_loss_backward(s_fake: &Array2<f64>, alpha: f64) -> Array2<f64> {
    let d = |s: f64| 1.0 / (1.0 + (-s).exp());
    let slope = |s: f64| -(1.0 - alpha) * d(s) - alpha * d(-s);
    s_fake.mapv(slope) / s_fake.len() as f64
}
