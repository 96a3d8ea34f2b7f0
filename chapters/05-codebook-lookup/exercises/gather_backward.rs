//! Exercise 5.4 (§ What stands for a latent): who gets which gradient.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// Given the gradient `[N, C]` at the gathered rows and the index of each,
/// the gradient `[K, C]` at the codebook.
pub fn gather_backward(
    d_z_q: &Array2<f64>,
    indices: &[usize],
    k: usize,
) -> Array2<f64> {
    todo!(
        "Exercise 5.4 (§ What stands for a latent): a codebook vector that \
         was handed out three times has three gradients coming back"
    )
}
