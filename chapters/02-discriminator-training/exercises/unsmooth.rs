//! Exercise 2.3 (§ Smoothing one side): undo the smoothing.
#![allow(unused_variables, unused_imports, clippy::todo)]

use gradients::plain::sigmoid;
use ndarray::Array2;

/// The *logits* `[B, 1]` of a discriminator that was trained with the target
/// alpha for real inputs and beta for fakes, alpha > beta. What share of the
/// examples at each input does it take to be real, p/(p + q)? A learnt
/// answer may pass its ceiling or its floor a little; a share may not.
pub fn unsmooth(s: &Array2<f64>, alpha: f64, beta: f64) -> Array2<f64> {
    todo!(
        "Exercise 2.3 (§ Smoothing one side): write (2.6) with the share \
         r = p/(p + q) in place of the densities, and solve it for r"
    )
}
