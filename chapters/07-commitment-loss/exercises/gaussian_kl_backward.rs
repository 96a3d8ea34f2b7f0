//! Exercise 7.7 (§ A Gaussian posterior): the slope of a divergence.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The gradients, at the means `[B, C]` and at the logarithms of the
/// variances `[B, C]`, of the divergence of equation 7.2: a sum over the
/// components, a mean over the batch.
pub fn gaussian_kl_backward(
    mu: &Array2<f64>,
    log_var: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    todo!(
        "Exercise 7.7 (§ A Gaussian posterior): write the divergence in \
         terms of mu and log_var alone, and take its derivative at each"
    )
}
