//! Exercise 8.5 (§ How good is it?): an error that means something.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array2, Axis};

/// The mean squared error of a reconstruction over the variance of all
/// pixels about their one mean. Both `[N, P]`.
pub fn mse_over_variance(
    x: &Array2<f64>,
    reconstruction: &Array2<f64>,
) -> f64 {
    todo!(
        "Exercise 8.5 (§ How good is it?): what is it for a constant image?"
    )
}
