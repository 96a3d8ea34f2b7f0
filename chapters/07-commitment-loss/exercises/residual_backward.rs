//! Exercise 7.10 (§ What is left over): a pull from each level.
#![allow(unused_variables, unused_imports, clippy::todo)]

use codebook_lookup::plain::gather;
use ndarray::Array2;

/// The gradient, at the latents `[N, C]`, of the commitment terms of all
/// levels: beta times the mean over N·C of what each level misses of what
/// was left for it. `codes` are `[N, L]`, codebooks `[K, C]` each.
pub fn residual_backward(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
    codes: &Array2<usize>,
    beta: f64,
) -> Array2<f64> {
    todo!(
        "Exercise 7.10 (§ What is left over): each level pulls the latent \
         to the sum of the vectors up to it; the pulls add up"
    )
}
