//! Exercise 1.2 (§ The loss in use): the gradient that trains a generator.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The gradient of the mean of -log D at the logits of a fake batch,
/// `[B, 1]`.
pub fn g_loss_backward(s_fake: &Array2<f64>) -> Array2<f64> {
    todo!(
        "Exercise 1.2 (§ The loss in use): differentiate softplus(-s), then \
         say it with D = σ(s); at D = 0.01 a single fake gets -0.99"
    )
}
