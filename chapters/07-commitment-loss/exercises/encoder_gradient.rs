//! Exercise 7.3 (§ One step, written out): all that reaches a latent.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The gradient of the whole loss at the latents `[N, C]`, given the
/// gradient at the decoder's input; both other terms are means over N·C.
pub fn encoder_gradient(
    d_z_q: &Array2<f64>,
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    todo!(
        "Exercise 7.3 (§ One step, written out): three terms; which of them \
         reach the encoder, and by which way?"
    )
}
