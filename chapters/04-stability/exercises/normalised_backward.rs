//! Exercise 4.4 (§ A slope that is bounded): the gradient at the weight.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2};

/// The gradient at `W`, given the one at `W / σ`, `d_bar`, where `σ` is
/// `uᵀ W v` and `u`, `[I]`, and `v`, `[O]`, are constants. All else `[I, O]`.
pub fn normalised_backward(
    w: &Array2<f64>,
    u: &Array1<f64>,
    v: &Array1<f64>,
    d_bar: &Array2<f64>,
) -> Array2<f64> {
    todo!(
        "Exercise 4.4 (§ A slope that is bounded): W stands above the line \
         of the fraction and, in σ, below it. The slope of σ at W is u vᵀ"
    )
}
