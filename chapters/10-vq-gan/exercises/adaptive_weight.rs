//! Exercise 10.5 (§ How much to listen): λ from two gradients.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// λ by equations 10.5 and 10.6, with δ = 1e-6. The decoder's last layer is
/// `a.dot(&w) + b`, with `a` `[N, I]` and `w` `[I, O]`; `d_rest` and `d_adv`
/// are the two gradients at what comes out of it, `[N, O]`. Any of the three
/// may be 0.
pub fn adaptive_weight(
    a: &Array2<f64>,
    d_rest: &Array2<f64>,
    d_adv: &Array2<f64>,
    most: f64,
) -> f64 {
    todo!(
        "Exercise 10.5 (§ How much to listen): first take either gradient to \
         the layer's weights; then their lengths, the ratio with δ, and the \
         bound"
    )
}
