//! Exercise 0.1 (§ Three products): the backward pass of a linear layer.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2, Axis};

/// Given x `[B, I]`, w `[I, O]` and the gradient at the output, d_y `[B, O]`,
/// returns the gradients at x, w and b.
pub fn linear_backward(
    x: &Array2<f64>,
    w: &Array2<f64>,
    d_y: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array1<f64>) {
    todo!(
        "Exercise 0.1 (§ Three products): three lines, one for each gradient. \
         The shapes leave one choice for each; `.dot`, `.t()` and \
         `.sum_axis(Axis(0))` are all you need"
    )
}
