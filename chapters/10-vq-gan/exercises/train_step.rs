//! Exercise 10.6 (§ One step): a step, from the chapter's parts.
#![allow(unused_variables, unused_imports, clippy::todo)]

use gradients::plain::{last, mse, mse_backward};
use ndarray::Array2;
use vq_gan::plain::{Perception, adaptive_weight, opinion};

use crate::checks::{Players, Rules, Terms, d_gradient};

/// One step of a decoder and of its discriminator. The decoder draws x̂ from
/// codes `z_q`, `[B, Z]`, of pictures `x`, `[B, X]`. Its loss is squared
/// error over variance, the distance of features times `weight`, and, where
/// it is `heard`, the opinion times λ: equation 10.6 times the share, or the
/// share alone if λ is not to be adaptive. The discriminator learns in every
/// step. Both look at what was there when the step began. Gives the terms of
/// this x̂, none of them weighed; 0 for opinion and λ where it is not heard.
pub fn train_step(
    players: &mut Players,
    z_q: &Array2<f64>,
    x: &Array2<f64>,
    rules: &Rules,
    heard: bool,
) -> Terms {
    todo!(
        "Exercise 10.6 (§ One step): `forward`, `distance`, `opinion`, \
         `adaptive_weight` and `d_gradient` do the work, and a layer's \
         `weight` leads to its weights. In which order? When are gradients \
         added, and which of them does λ compare? How often does the decoder \
         go back?"
    )
}
