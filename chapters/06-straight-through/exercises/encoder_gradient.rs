//! Exercise 6.2 (§ Straight through): the gradient of an encoder.
#![allow(unused_variables, unused_imports, clippy::todo)]

use codebook_lookup::plain::{gather, nearest_by_definition};
use gradients::plain::{mse, mse_backward};
use ndarray::Array2;

/// Encoder `z_e = x w_e`, lookup, decoder `y = z_q w_d`, loss `mse(y, x)`:
/// the straight-through gradient of the loss at `w_e`. `[X, C]`
pub fn encoder_gradient(
    w_e: &Array2<f64>,      // [X, C]
    codebook: &Array2<f64>, // [K, C]
    w_d: &Array2<f64>,      // [C, X]
    x: &Array2<f64>,        // [N, X]
) -> Array2<f64> {
    todo!(
        "Exercise 6.2 (§ Straight through): forward to y, then back: \
         `mse_backward`, through w_d, straight through the lookup, to w_e. \
         What does the decoder see, z_e or z_q?"
    )
}
