use ndarray::{Array1, Array2};

pub fn score_gradient(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    let m = losses.len() as f64;
    let others = (losses.sum() - losses) / (m - 1.0); // [M]
    (losses - &others).dot(noise) / (s * m)
}
