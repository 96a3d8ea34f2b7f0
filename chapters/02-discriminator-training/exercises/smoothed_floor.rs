//! Exercise 2.4 (§ Smoothing one side): the least that the loss can be.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The smoothed loss (2.5) of the best discriminator, in nats, for tables p
/// and q that sum to 1, with target alpha for real inputs and beta for
/// fakes. A cell may have no real inputs, no fakes, or neither; targets may
/// be 1 and 0.
pub fn smoothed_floor(
    p: &Array1<f64>,
    q: &Array1<f64>,
    alpha: f64,
    beta: f64,
) -> f64 {
    todo!(
        "Exercise 2.4 (§ Smoothing one side): (2.6) gives the answer in each \
         cell; what do the real inputs and the fakes of that cell pay for it?"
    )
}
