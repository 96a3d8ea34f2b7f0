//! Exercise 7.11 (§ Side by side): a codebook for each part.
#![allow(unused_variables, unused_imports, clippy::todo)]

use codebook_lookup::plain::{gather, nearest};
use ndarray::Array2;

/// The codes `[N, G]` of latents `[N, C]` that are cut into G parts of equal
/// width, and their vectors, `[N, C]`. Codebooks are `[K, C / G]` each; the
/// first components belong to the first.
pub fn product_lookup(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
) -> (Array2<usize>, Array2<f64>) {
    todo!(
        "Exercise 7.11 (§ Side by side): cut the columns, look up each part \
         in its own codebook, put the vectors where the parts came from"
    )
}
