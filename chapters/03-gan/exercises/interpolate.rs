//! Exercise 3.4 (§ Between two digits): walk on the sphere.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The noise a share t of the way from a to b, along the sphere; t runs from
/// 0 to 1. Where a and b have one direction, it is the straight line. `[Z]`
pub fn interpolate(a: &Array1<f64>, b: &Array1<f64>, t: f64) -> Array1<f64> {
    todo!(
        "Exercise 3.4 (§ Between two digits): the angle between a and b \
         first, from their *directions*; then sin((1 - t) angle) and \
         sin(t angle), both over sin(angle), are the weights"
    )
}
