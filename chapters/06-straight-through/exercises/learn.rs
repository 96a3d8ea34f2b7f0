//! Exercise 6.7 (§ An encoder that learns through a lookup): the training.
#![allow(unused_variables, unused_imports, clippy::todo)]

use codebook_lookup::plain::cluster_means;
use gradients::plain::{Adam, AdamConfig, Mlp, last, mse, mse_backward};
use ndarray::Array2;
use straight_through::plain::{straight_through, straight_through_backward};

/// Trains all three in place, a step for each batch `[B, X]`. Encoder and
/// decoder go a step of Adam, each its own, down the mean squared error of
/// what is decoded from the codes, with straight-through in between. Each
/// code keeps the share `keep` of itself and takes the rest from the mean of
/// the latents that chose it in this step, `[K, C]` by `cluster_means`.
/// Whatever a step needs is computed before anything moves. Returns the loss
/// before each step.
pub fn learn(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>, // [K, C]
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
) -> Vec<f64> {
    todo!(
        "Exercise 6.7 (§ An encoder that learns through a lookup): forward \
         to the loss, back to both networks, then the three steps. What \
         stands before the loop, and so lasts from batch to batch?"
    )
}
