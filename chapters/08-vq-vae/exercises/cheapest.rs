//! Exercise 8.7 (§ A price for bits): a choice that minds what codes cost.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// For each latent `[N, D]` the code of the codebook `[K, D]` whose squared
/// distance and price add up to the least, the lower of two equal ones.
/// The prices `[S², K]` are those of the places of a map; the latents are
/// maps that follow one another, place by place. `[N]`
pub fn cheapest(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    prices: &Array2<f64>,
) -> Vec<usize> {
    todo!("Exercise 8.7 (§ A price for bits): which row of prices is whose?")
}
