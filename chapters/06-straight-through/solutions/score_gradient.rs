use ndarray::{Array1, Array2};

pub fn score_gradient(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    losses.dot(noise) / (s * losses.len() as f64)
}
