//! Exercise 0.4 (§ Can a gradient be trusted?): the central difference.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The gradient of f at x by central differences of step h.
pub fn numeric_gradient(
    f: &dyn Fn(&Array1<f64>) -> f64,
    x: &Array1<f64>,
    h: f64,
) -> Array1<f64> {
    todo!(
        "Exercise 0.4 (§ Can a gradient be trusted?): for each element, f a \
         step to the right minus f a step to the left, over the distance \
         between the two; every other element stays where it is"
    )
}
