//! Exercise 7.2 (§ The commitment term): pulled towards the code.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The gradient, at the latents `[N, C]`, of beta times the mean over all
/// N·C squared differences between them and their codes.
pub fn commitment_backward(
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    todo!(
        "Exercise 7.2 (§ The commitment term): which way must the gradient \
         point, if descending it is to bring a latent to its code?"
    )
}
