//! Exercise 8.8 (§ One step): a training, from the chapter's parts.
#![allow(unused_variables, unused_imports, clippy::todo)]

use commitment_loss::quantizer::Quantizer;
use gradients::plain::{Adam, AdamConfig, Mlp, mse, mse_backward};
use lab::rng_at;
use ndarray::Array2;
use vq_vae::plain::{half, half_backward};

/// Trains a VQ-VAE whose codes cost nothing, a step for each batch, in their
/// order. A batch is patches `[N, patch²]`, of grids of `side` × `side`
/// places. Encoder and decoder have an Adam each, whose step size falls as in
/// equation 8.8; T is the number of batches. Gives for each batch the squared
/// error over `variance`, before its step.
pub fn train(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Array2<f64>],
    (side, variance): (usize, f64),
    adam: AdamConfig,
) -> Vec<f64> {
    todo!(
        "Exercise 8.8 (§ One step): forward by `half`, `quantize`, `half`, \
         and back in the opposite order; all gradients before any step. \
         Whose weights lead from `half_backward`'s first result, [N, C], to \
         the codes? `learn` asks for random numbers, which only revival \
         needs: `&mut rng_at(0, 0)`"
    )
}
