//! Exercise 3.1 (§ One step for each player): the generator's turn.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// A generator x = tanh(z g) and a discriminator s = x w: the gradients at g
/// and at w with which *the generator's step* goes on, for one batch of
/// noise z `[B, Z]`. g is `[Z, X]`, w is `[X, 1]`.
pub fn g_step(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    todo!(
        "Exercise 3.1 (§ One step for each player): the loss has the slope \
         (D - 1) / B at a logit; take it back through x w, through tanh and \
         through z g. Who stands still this time?"
    )
}
