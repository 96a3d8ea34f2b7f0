//! Exercise 2.4 (§ Smoothing one side): derive what smoothing does to D*.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The best discriminator for densities p and q, both positive, when real
/// inputs get the target alpha and fakes the target beta.
pub fn smoothed_optimal_d(
    p: &Array1<f64>,
    q: &Array1<f64>,
    alpha: f64,
    beta: f64,
) -> Array1<f64> {
    todo!(
        "Exercise 2.4 (§ Smoothing one side): at one x the loss is \
         p BCE(d, alpha) + q BCE(d, beta); set its derivative in the logit \
         to zero"
    )
}
