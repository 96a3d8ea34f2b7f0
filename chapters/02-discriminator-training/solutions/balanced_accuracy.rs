use ndarray::Array2;

pub fn balanced_accuracy(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    let called_real = |s: &Array2<f64>| {
        s.iter().filter(|s| **s > 0.0).count() as f64 / s.len() as f64
    };
    0.5 * (called_real(s_real) + 1.0 - called_real(s_fake))
}
