//! Exercise 7.5 (§ A codebook without a gradient): one step of averages.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2};

/// The new counts `[K]`, sums `[K, C]` and codebook `[K, C]` after a batch
/// of latents `[N, C]` and their indices. No count is 0.
pub fn ema_update(
    counts: &Array1<f64>,
    sums: &Array2<f64>,
    z_e: &Array2<f64>,
    indices: &[usize],
    gamma: f64,
) -> (Array1<f64>, Array2<f64>, Array2<f64>) {
    todo!(
        "Exercise 7.5 (§ A codebook without a gradient): both averages keep \
         gamma of the old and take 1 - gamma of the batch, for every code, \
         chosen or not; the codebook is their ratio"
    )
}
