//! Exercise 7.9 (§ What is left over): one codebook after another.
#![allow(unused_variables, unused_imports, clippy::todo)]

use codebook_lookup::plain::{gather, nearest};
use ndarray::Array2;

/// The codes `[N, L]` of latents `[N, C]` in L codebooks, `[K, C]` each, and
/// the sum of their vectors, `[N, C]`. There may be no codebook.
pub fn residual_lookup(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
) -> (Array2<usize>, Array2<f64>) {
    todo!(
        "Exercise 7.9 (§ What is left over): each level looks up what the \
         levels before it have left; nearest(..) gives indices, gather(..) \
         their vectors"
    )
}
