//! Exercise 4.8 (§ A penalty on steepness): the gradient of a gradient.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2};

/// For the discriminator of exercise 3.2, s = leaky(x w1 + b1) w2 with the
/// slope 0.2 below zero: the gradients at w1 and at w2 of R1, which is
/// gamma / 2 times the mean over rows of the squared length of ds/dx.
pub fn r1_gradient(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    gamma: f64,
) -> (Array2<f64>, Array2<f64>) {
    todo!(
        "Exercise 4.8 (§ A penalty on steepness): write ds/dx as two products, \
         u = slopes · w2 and v = u w1 turned over. The slopes are constants: \
         R1 is quadratic in u and in w1"
    )
}
