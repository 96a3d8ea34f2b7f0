//! Exercise 7.12 (§ Keeping codes alive): a codebook's whole training.
#![allow(unused_variables, unused_imports, clippy::todo)]

use codebook_lookup::plain::{gather_backward, nearest, usage};
use commitment_loss::plain::revive;
use ndarray::{Array1, Array2, Axis};
use rand_chacha::ChaCha8Rng;

/// Trains a codebook `[K, C]` on batches of latents `[N, C]`, in turn: look
/// up, average counts and sums by equation 7.11, and move each code that was
/// chosen; then `revive` those whose averaged count is below `threshold`. A
/// code starts as if it stood for one latent, also when it starts again.
/// Where none was chosen, a code stays; its count may fade to 0.
pub fn keep_alive(
    codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    todo!(
        "Exercise 7.12 (§ Keeping codes alive): what stands before the loop, \
         and so lasts from batch to batch? And what has to change with a \
         code that `revive` has put elsewhere?"
    )
}
