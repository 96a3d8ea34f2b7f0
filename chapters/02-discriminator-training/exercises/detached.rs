//! Exercise 2.2 (§ The generator stands still): who moves in D's step.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// A generator x = z g and a discriminator s = x w: the gradients at w and
/// at g with which *the discriminator's step* goes on, for one batch of
/// noise z `[B, Z]` and the fake term alone. g is `[Z, X]`, w is `[X, 1]`.
pub fn detached(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    todo!(
        "Exercise 2.2 (§ The generator stands still): the fakes are \
         constants for D. What does that make of the gradient at g?"
    )
}
