//! Exercise 3.5 (§ How good is it?): two Gaussians apart.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The Fréchet distance of two Gaussians whose coordinates are independent,
/// from their means and their variances, all `[F]`.
pub fn frechet(
    mean_a: &Array1<f64>,
    variance_a: &Array1<f64>,
    mean_b: &Array1<f64>,
    variance_b: &Array1<f64>,
) -> f64 {
    todo!(
        "Exercise 3.5 (§ How good is it?): with diagonal covariances the \
         matrix root is the root of every element, and the trace a sum"
    )
}
