//! Exercise 7.8 (§ A sample with a slope): back through a sample.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The gradients at the means and at the logarithms of the variances, given
/// that at the sample `z` and the noise that made it. All are `[B, C]`.
pub fn reparameterise_backward(
    d_z: &Array2<f64>,
    log_var: &Array2<f64>,
    noise: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    todo!(
        "Exercise 7.8 (§ A sample with a slope): sigma is exp(log_var / 2); \
         the noise is a constant"
    )
}
