//! Exercise 9.5 (§ Bits): what an image costs.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// Bits an image, from the logits `[B·T, K]` at every place of B images and
/// their codes `[B, T]`: image by image, as the rows are. Logits may be as
/// large as 1000, and a code may be all but impossible.
pub fn bits_per_image(logits: &Array2<f64>, codes: &Array2<usize>) -> f64 {
    todo!(
        "Exercise 9.5 (§ Bits): minus the logarithm of the softmax at the \
         code that is there; summed over the places of an image, averaged \
         over images; in which base?"
    )
}
