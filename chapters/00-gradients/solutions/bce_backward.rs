use ndarray::Array2;

pub fn bce_backward(s: &Array2<f64>, t: &Array2<f64>) -> Array2<f64> {
    let sigmoid = |s: f64| 1.0 / (1.0 + (-s).exp());
    (s.mapv(sigmoid) - t) / s.len() as f64
}
