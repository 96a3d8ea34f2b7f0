//! Exercise 2.3 (§ Smoothing one side): softer targets.
#![allow(unused_variables, unused_imports, clippy::todo)]

use gradients::plain::bce_with_logits;
use ndarray::Array2;

/// The discriminator's loss with one-sided label smoothing: real inputs get
/// the target alpha.
pub fn smoothed_loss(
    s_real: &Array2<f64>,
    s_fake: &Array2<f64>,
    alpha: f64,
) -> f64 {
    todo!(
        "Exercise 2.3 (§ Smoothing one side): `bce_with_logits(s, targets)` \
         twice; which targets change, and which do not?"
    )
}
