//! Exercise 6.1 (§ Straight through): one value, two gradients.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// For z_st = z_e + sg[z_q - z_e]: its value, and what the gradient `d_z_st`
/// at it becomes at `z_e` and at `z_q`. All `[N, C]`.
pub fn straight_through(
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    d_z_st: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    todo!(
        "Exercise 6.1 (§ Straight through): go through the formula twice, \
         once for the value, where sg does nothing, and once for the \
         gradients, where the bracket is a constant"
    )
}
