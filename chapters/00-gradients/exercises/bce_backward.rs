//! Exercise 0.3 (§ A loss on logits): the gradient of binary cross-entropy.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The gradient of the mean binary cross-entropy at the logits s; s and t
/// have one shape.
pub fn bce_backward(s: &Array2<f64>, t: &Array2<f64>) -> Array2<f64> {
    todo!(
        "Exercise 0.3 (§ A loss on logits): differentiate softplus(s) - t s \
         once, and remember what the mean does"
    )
}
