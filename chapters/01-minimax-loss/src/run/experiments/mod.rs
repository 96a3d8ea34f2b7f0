//! The experiments of chapter 1, a file for each.

pub mod climb;
pub mod dropped;
pub mod ending;
pub mod gradient;
pub mod logits;
pub mod players;
pub mod pushes;
pub mod race;
pub mod separation;
pub mod share;
pub mod spoilt;
pub mod tails;
pub mod wrong_sign;

use datasets::toy::{Density, GaussianMixture};
use ndarray::{Array1, Array2};

use crate::plain::{
    g_loss_double_sigmoid_backward, g_loss_non_saturating_backward,
    g_loss_saturating_backward,
};

/// The gradient of a generator's loss at the logits `[B, 1]`.
type Backward = fn(&Array2<f64>) -> Array2<f64>;

/// The three losses of a generator: name, label, gradient.
const LOSSES: [(&str, &str, Backward); 3] = [
    ("non_saturating", "non-saturating", g_loss_non_saturating_backward),
    ("saturating", "saturating", g_loss_saturating_backward),
    (
        "double_sigmoid",
        "double sigmoid (the article)",
        g_loss_double_sigmoid_backward,
    ),
];

/// Cell centres on [from, to] and the width of a cell.
fn cells(from: f64, to: f64, n: usize) -> (Array2<f64>, f64) {
    let width = (to - from) / n as f64;
    let centre = |(i, _)| from + (i as f64 + 0.5) * width;
    (Array2::from_shape_fn((n, 1), centre), width) // [N, 1]
}

/// Probability of each cell, summing to 1.
fn table(density: &GaussianMixture, x: &Array2<f64>) -> Array1<f64> {
    let mass = density.log_densities(x).mapv(f64::exp); // [N]
    &mass / mass.sum()
}

/// The largest size of a value.
fn largest(values: &Array1<f64>) -> f64 {
    values.fold(0.0, |a: f64, b| a.max(b.abs()))
}

/// Standard normal noise as cells: where they are, and the mass of each. `[400, 1]`
fn noise() -> (Array2<f64>, Array2<f64>) {
    let (z, width) = cells(-6.0, 6.0, 400);
    let scale = width / (2.0 * std::f64::consts::PI).sqrt();
    let mass = z.mapv(|z| scale * (-0.5 * z * z).exp());
    (z, mass)
}
