//! Exercise 0.5 (§ Walking downhill): one step of Adam.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// Does step number t, counted from 1, in place: theta, m and v change. The
/// constants are lr, beta1, beta2 and eps.
pub fn adam_step(
    theta: &mut Array1<f64>,
    d_theta: &Array1<f64>,
    m: &mut Array1<f64>,
    v: &mut Array1<f64>,
    t: i32,
    [lr, beta1, beta2, eps]: [f64; 4],
) {
    todo!(
        "Exercise 0.5 (§ Walking downhill): update the two running means, \
         correct both for having started at zero, then step"
    )
}
