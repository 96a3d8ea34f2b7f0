use ndarray::{Array1, Array2};

fn above_the_others(losses: &Array1<f64>) -> Array1<f64> {
    let m = losses.len() as f64;
    losses - &((losses.sum() - losses) / (m - 1.0))
}

/// The page's estimate.
pub fn nothing_taken_off(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    losses.dot(noise) / (s * losses.len() as f64)
}

pub fn own_loss_in_the_mean(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    let m = losses.len() as f64;
    (losses - losses.sum() / m).dot(noise) / (s * m)
}

pub fn sum_of_the_others(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    let others = losses.sum() - losses;
    (losses - &others).dot(noise) / (s * losses.len() as f64)
}

pub fn divided_twice(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    above_the_others(losses).dot(noise) / (s * s * losses.len() as f64)
}

pub fn width_forgotten(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    _: f64,
) -> Array1<f64> {
    above_the_others(losses).dot(noise) / losses.len() as f64
}

pub fn sum_for_mean(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    above_the_others(losses).dot(noise) / s
}

pub fn downhill(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    -above_the_others(losses).dot(noise) / (s * losses.len() as f64)
}
