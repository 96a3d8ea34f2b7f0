//! Exercise 1.1 (§ The discriminator's loss): minus the value, on logits.
#![allow(unused_variables, unused_imports, clippy::todo)]

use gradients::plain::bce_with_logits;
use ndarray::Array2;

/// What the discriminator minimises, from the logits of a real and of a fake
/// batch, both `[B, 1]`, in nats.
pub fn d_loss(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    todo!(
        "Exercise 1.1 (§ The discriminator's loss): two calls of \
         `bce_with_logits(logits, targets)`. Which targets does each batch \
         get?"
    )
}
