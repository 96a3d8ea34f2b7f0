use ndarray::Array2;

pub fn g_loss_backward(s_fake: &Array2<f64>) -> Array2<f64> {
    s_fake.mapv(|s| -1.0 / (1.0 + s.exp())) / s_fake.len() as f64
}
