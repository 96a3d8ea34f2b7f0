//! Exercise 1.5 (§ The best discriminator): derive the direction of climb.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The gradient of the value at the logits s of a tabular discriminator,
/// for tables p and q. All `[N]`.
pub fn value_gradient(
    p: &Array1<f64>,
    q: &Array1<f64>,
    s: &Array1<f64>,
) -> Array1<f64> {
    todo!(
        "Exercise 1.5 (§ The best discriminator): with D = σ(s), write one \
         cell of V with softplus and differentiate at s. Your result must be \
         0 where D = p / (p + q)"
    )
}
