use ndarray::{Array1, Array2};

pub fn divided_twice(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    losses.dot(noise) / (s * s * losses.len() as f64)
}

pub fn width_forgotten(
    losses: &Array1<f64>,
    noise: &Array2<f64>,
    _: f64,
) -> Array1<f64> {
    losses.dot(noise) / losses.len() as f64
}

pub fn sum_for_mean(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    losses.dot(noise) / s
}

pub fn downhill(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    -losses.dot(noise) / (s * losses.len() as f64)
}
