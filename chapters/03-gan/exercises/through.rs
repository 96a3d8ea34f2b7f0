//! Exercise 3.2 (§ Through the discriminator): which way is more real?
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2};

/// For the discriminator s = leaky(x w1 + b1) w2, where leaky has the slope
/// 0.2 below zero: the gradient of each row's own logit at that row of x.
/// x is `[B, X]`, w1 is `[X, H]`, b1 is `[H]`, w2 is `[H, 1]`; the result is
/// `[B, X]`.
pub fn through(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
) -> Array2<f64> {
    todo!(
        "Exercise 3.2 (§ Through the discriminator): start with w2 as a row; \
         multiply by the slopes that the row met on its way forward; then \
         the first layer, turned over"
    )
}
