//! Exercise 0.6 (§ Learning to read): a training loop from the chapter's
//! parts.
#![allow(unused_variables, unused_imports, clippy::todo)]

use gradients::plain::{
    Adam, AdamConfig, Mlp, cross_entropy, cross_entropy_backward, last,
};
use ndarray::Array2;

/// Trains a classifier: one step of Adam for each batch, in their order. A
/// batch is its rows `[B, I]` and their classes; batches differ in size.
/// Returns the trained network, and for each batch the loss before its step.
pub fn train(
    net: Mlp<f64>,
    batches: &[(Array2<f64>, Vec<usize>)],
    config: AdamConfig,
) -> (Mlp<f64>, Vec<f64>) {
    todo!(
        "Exercise 0.6 (§ Learning to read): forward, loss, backward, step. \
         `last` gives the logits of what `forward` returns; `Adam::new` \
         begins an optimiser. What belongs before the loop?"
    )
}
