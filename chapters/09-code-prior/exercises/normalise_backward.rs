//! Exercise 9.4 (§ Rows of one size): what a normalisation cannot hear.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2};

/// The gradient at the rows `[N, W]`, from the normalised rows, the factor
/// `[N]` by which each was multiplied, and the gradient at them.
pub fn normalise_backward(
    x_hat: &Array2<f64>,
    scale: &Array1<f64>,
    d_x_hat: &Array2<f64>,
) -> Array2<f64> {
    todo!(
        "Exercise 9.4 (§ Rows of one size): take the mean of the gradient \
         out, and its part along the normalised row; then multiply by the \
         factor"
    )
}
