//! Exercise 5.5 (§ Learning a codebook): where a codebook vector should be.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array2, Axis};

/// The mean of the latents `[N, C]` that chose each codebook vector, as
/// `[K, C]`; a vector that nobody chose stays where it is.
pub fn cluster_means(
    z: &Array2<f64>,
    indices: &[usize],
    codebook: &Array2<f64>,
) -> Array2<f64> {
    todo!(
        "Exercise 5.5 (§ Learning a codebook): sums and counts first. What \
         is 0 / 0?"
    )
}
