//! Exercise 7.1 (§ The codebook term): collect from everyone who chose you.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The gradient, at the codebook `[K, C]`, of the mean over all N·C squared
/// differences between latents `[N, C]` and the vectors they chose.
pub fn codebook_backward(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
) -> Array2<f64> {
    todo!(
        "Exercise 7.1 (§ The codebook term): start from zeros; each latent \
         adds 2 (e - z) / (N C) to the row of the vector it chose"
    )
}
