//! Exercise 6.4 (§ A softer choice): back through a softmax.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array2, Axis};

/// The gradient at the latents z of the mixture `p e`, given the shares p
/// that Gumbel-softmax found, and the gradient at the mixture. `[N, C]`
pub fn gumbel_backward(
    z: &Array2<f64>,        // [N, C]
    codebook: &Array2<f64>, // [K, C]
    p: &Array2<f64>,        // [N, K]
    temperature: f64,
    d_z_q: &Array2<f64>, // [N, C]
) -> Array2<f64> {
    todo!(
        "Exercise 6.4 (§ A softer choice): three steps back: from the \
         mixture to p, through the softmax to the logits, and from \
         -‖z - e‖² to z"
    )
}
