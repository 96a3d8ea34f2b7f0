//! Exercise 1.6 (§ The loss in use): a generator that learns.
#![allow(unused_variables, unused_imports, clippy::todo)]

use minimax_loss::plain::optimal_logit;
use ndarray::Array2;

/// The data are N(0, 1). The generator is x = m + z and has one number, m.
/// In each step the discriminator is the best there is for the m of the
/// moment; then the generator goes one plain step of size eta down its mean
/// loss, on the noise of this step, `[B, 1]`; batches differ in size.
/// `loss_backward` gives that loss's gradient at the logits, as
/// `g_loss_non_saturating_backward` does. Returns m behind each step.
pub fn chase(
    m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: fn(&Array2<f64>) -> Array2<f64>,
) -> Vec<f64> {
    todo!(
        "Exercise 1.6 (§ The loss in use): the best logit at a fake; the \
         gradient at it; from there to x, and from x to m. In the turn of \
         the generator the discriminator is a fixed function of x: what is \
         its slope?"
    )
}
