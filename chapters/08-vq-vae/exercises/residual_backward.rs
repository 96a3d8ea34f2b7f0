//! Exercise 8.3 (§ Two halves): two ways back.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The gradient at the first layer's sum `s`, where `a` = max(s, 0) and
/// `h` = s + conv(a): `d_h` is the gradient at `h`, `d_a` what the
/// convolution's backward pass makes of it. All `[N, C]`.
pub fn residual_backward(
    a: &Array2<f64>,
    d_h: &Array2<f64>,
    d_a: &Array2<f64>,
) -> Array2<f64> {
    todo!("Exercise 8.3 (§ Two halves): by which two ways does h see s?")
}
