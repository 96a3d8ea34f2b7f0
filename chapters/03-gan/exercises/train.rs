//! Exercise 3.6 (§ Digits): a whole training, from the chapter's parts.
#![allow(unused_variables, unused_imports, clippy::todo)]

use discriminator_training::plain::d_step;
use gan::plain::average;
use gradients::plain::{Adam, AdamConfig, Mlp};
use ndarray::Array2;

use crate::checks::{Recipe, Trained, g_turn};

/// Trains a generator and a discriminator. A step is `k` turns of the
/// discriminator, each with a batch of its own from `real` and another from
/// `noise`, and then one turn of the generator, with one more batch from
/// `noise`; then the average moves by equation 3.6. At step n, counted from
/// 0, both step sizes are 1 - n / steps of `adam.lr`, and the average keeps
/// (n + 1) / (n + 10) of itself, at most `alpha`. It begins where the
/// generator does.
///
/// The losses are those of each step, before it moves anything: the
/// discriminator's of the last of its turns, and the generator's.
/// `g_turn(&g, &d, &z)` is the `g_step` of the ten lines.
pub fn train(
    g: Mlp<f64>,
    d: Mlp<f64>,
    recipe: Recipe,
    real: &mut dyn FnMut() -> Array2<f64>,
    noise: &mut dyn FnMut() -> Array2<f64>,
) -> Trained {
    todo!(
        "Exercise 3.6 (§ Digits): the ten lines are the middle of it. What \
         stands before the loop, what in the inner loop of k turns, and what \
         behind it? An `Adam` has its step size in `config.lr`"
    )
}
