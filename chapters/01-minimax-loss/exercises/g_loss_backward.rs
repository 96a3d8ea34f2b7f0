//! Exercise 1.2 (§ The loss in use): a loss between the two.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// A generator minimises the mean of (1 - alpha) log(1 - D) - alpha log D:
/// at alpha = 0 the saturating loss, at 1 the loss in use. The gradient at
/// the logits of a batch of fakes, `[B, 1]`, right at ±1,000 too.
pub fn g_loss_backward(s_fake: &Array2<f64>, alpha: f64) -> Array2<f64> {
    todo!(
        "Exercise 1.2 (§ The loss in use): write both logarithms with \
         softplus and differentiate; say it with D = σ(s). At D = 0.01 and \
         alpha = 1 a single fake gets -0.99"
    )
}
