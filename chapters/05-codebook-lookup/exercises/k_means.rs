//! Exercise 5.8 (§ Learning a codebook): the whole of k-means.
#![allow(unused_variables, unused_imports, clippy::todo)]

use codebook_lookup::plain::{
    cluster_means, distortion, first_smallest, gather, nearest,
    squared_distance, usage,
};
use ndarray::Array2;
use rand_chacha::ChaCha8Rng;

/// Draws a codebook of so many codes for some latents, as
/// `kmeans_plus_plus` does.
pub type Start = fn(&Array2<f64>, usize, &mut ChaCha8Rng) -> Array2<f64>;

/// Learns `restarts` codebooks of `k` codes, one after another, and returns
/// the one with the lowest distortion of the latents z `[N, C]`, and that
/// distortion. Each begins with `start(z, k, rng)` and goes on in steps: look
/// up, then move each code to the mean of the latents that chose it. A code
/// that none chose goes to the latent that lies farthest from its own code,
/// by this lookup, the first of equals; of several such codes the lowest has
/// the farthest latent, the next the second farthest. A latent that lies on
/// its code is not taken. When a step changes nothing, the codebook is done.
pub fn k_means(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    todo!(
        "Exercise 5.8 (§ Learning a codebook): two loops, one over the \
         restarts, one over the steps. What do you have to remember from a \
         restart to the next, and what from a step to the next?"
    )
}
