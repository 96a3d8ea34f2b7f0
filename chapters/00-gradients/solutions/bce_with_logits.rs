use ndarray::Array2;

pub fn bce_with_logits(s: &Array2<f64>, t: &Array2<f64>) -> f64 {
    let softplus = |s: f64| s.max(0.0) + (-s.abs()).exp().ln_1p();
    (s.mapv(softplus) - t * s).sum() / s.len() as f64
}
