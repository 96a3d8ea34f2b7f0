//! Exercise 6.3 (§ What it is an estimate of): a gradient from losses alone.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2};

/// The gradient of the smoothed loss at one latent z, `[C]`, from M draws of
/// standard normal noise ε, at least two, and the losses L(q(z + s ε)). It
/// is less noisy than the page's: from the loss of each draw the mean loss
/// of the *other* draws is subtracted first. They know nothing of this
/// draw's ε, so that on average the result is the same.
pub fn score_gradient(
    losses: &Array1<f64>, // [M]
    noise: &Array2<f64>,  // [M, C]
    s: f64,
) -> Array1<f64> {
    todo!(
        "Exercise 6.3 (§ What it is an estimate of): the last form of \
         equation 6.5, its expectation replaced by a mean over the draws; \
         and in the place of each loss, that loss less the mean of the others"
    )
}
