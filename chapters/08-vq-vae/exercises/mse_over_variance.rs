//! Exercise 8.5 (§ How good is it?): an error that means something.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array2, Axis};

/// Equation 8.9 for images that come in batches, each a pair of images and
/// their reconstructions, `[N, P]`: the mean squared error of all pixels of
/// all batches over the variance of all these pixels about their one mean.
/// Batches are of different sizes, and one may be empty.
pub fn mse_over_variance(batches: &[(Array2<f64>, Array2<f64>)]) -> f64 {
    todo!(
        "Exercise 8.5 (§ How good is it?): what has to be added up, over all \
         batches, before anything is divided?"
    )
}
