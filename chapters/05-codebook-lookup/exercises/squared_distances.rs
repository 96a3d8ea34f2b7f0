//! Exercise 5.2 (§ All distances in one product): three terms.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array2, Axis};

/// The squared distance of every latent `[N, C]` from every codebook vector
/// `[K, C]`, as `[N, K]`, without a loop over pairs.
pub fn squared_distances(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
) -> Array2<f64> {
    todo!(
        "Exercise 5.2 (§ All distances in one product): multiply out \
         ‖z - e‖². Which of the three terms belongs to a row of the result, \
         which to a column?"
    )
}
