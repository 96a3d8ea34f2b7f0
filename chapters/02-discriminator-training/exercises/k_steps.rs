//! Exercise 2.6 (§ The generator stands still): the discriminator's turn,
//! from the chapter's parts.
#![allow(unused_variables, unused_imports, clippy::todo)]

use discriminator_training::plain::d_step;
use gradients::plain::{Adam, AdamConfig, Mlp};
use ndarray::Array2;

/// Trains the discriminator for k steps of Adam, against a generator that
/// stands still. Each step has its own batch of real examples and its own
/// fakes: every call of `real` gives a batch `[B, X]`, every call of `noise`
/// one `[B', Z]`, of which `g` makes fakes. Returns the trained
/// discriminator, and the loss before each step.
pub fn k_steps(
    d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: &mut dyn FnMut() -> Array2<f64>,
    noise: &mut dyn FnMut() -> Array2<f64>,
) -> (Mlp<f64>, Vec<f64>) {
    todo!(
        "Exercise 2.6 (§ The generator stands still): `d_step` gives the \
         loss and its gradient, `g.output` makes fakes of noise. What is \
         made once, and what anew for each step?"
    )
}
