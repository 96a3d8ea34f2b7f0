//! Exercise 9.10 (§ Training): a training, from the chapter's parts.
#![allow(unused_variables, unused_imports, clippy::todo)]

use code_prior::model::Prior;
use code_prior::plain::{BITS, embed, embed_backward, flat, shift_right};
use code_prior::training::Config;
use gradients::plain::{Adam, cross_entropy, cross_entropy_backward};
use ndarray::Array2;

/// Trains a prior of unknown classes, a step for each batch of code maps
/// `[B, T]`, in their order, by one Adam, whose step size at step n is
/// `config.lr(n)`. Gives for each batch the bits an image, before its step.
pub fn train(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    todo!(
        "Exercise 9.10 (§ Training): what is seen at each place, rows, \
         `forward_rows`, the loss; then back in the opposite order. \
         `backward_rows` leaves the gradients of `table` and `positions` at \
         0: who fills them? The sizes of the table are `prior.table.nrows()` \
         and `prior.places()`"
    )
}
