//! Exercise 4.7 (§ Why gradients vanish): a penalty on a length.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2};

/// WGAN-GP's penalty from the slopes of a critic, `v`, `[B, X]`, a row for
/// each point: `lambda` times the mean over rows of the squared distance of
/// the row's length from 1; and its gradient at `v`, `[B, X]`. A row may be 0.
pub fn penalty_gradient(v: &Array2<f64>, lambda: f64) -> (f64, Array2<f64>) {
    todo!(
        "Exercise 4.7 (§ Why gradients vanish): the slope of a length at its \
         vector is the vector over its length. What if that is 0?"
    )
}
