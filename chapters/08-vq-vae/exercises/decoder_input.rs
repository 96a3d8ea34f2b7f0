//! Exercise 8.4 (§ One step): what the decoder gets.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2, Axis};

/// What the decoder sees of latents `[N, D]`, in training as in use, given a
/// codebook `[K, D]`. `[N, D]`
pub fn decoder_input(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
) -> Array2<f64> {
    todo!(
        "Exercise 8.4 (§ One step): what will be there when only codes are?"
    )
}
