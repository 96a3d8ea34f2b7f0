//! Exercise 6.3 (§ What it is an estimate of): a gradient from losses alone.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2};

/// The gradient of the smoothed loss at one latent z, `[C]`, from M draws of
/// standard normal noise ε and the losses L(q(z + s ε)).
pub fn score_gradient(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    todo!(
        "Exercise 6.3 (§ What it is an estimate of): the last form of \
         equation 6.5, its expectation replaced by a mean over the draws"
    )
}
