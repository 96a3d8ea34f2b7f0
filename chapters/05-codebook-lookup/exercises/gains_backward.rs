//! Exercise 5.4 (§ What stands for a latent): who gets which gradient.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2, Axis};

/// With each index a number is sent, the gain g, by which the receiver
/// multiplies the code: z_q of latent n is g of n times the code that it
/// chose. Given the gradient `[N, C]` at the z_q, the gradients at the
/// codebook, `[K, C]`, and at the gains, `[N]`.
pub fn gains_backward(
    d_z_q: &Array2<f64>,    // [N, C]
    codebook: &Array2<f64>, // [K, C]
    indices: &[usize],      // [N]
    gains: &Array1<f64>,    // [N]
) -> (Array2<f64>, Array1<f64>) {
    todo!(
        "Exercise 5.4 (§ What stands for a latent): one component of one z_q \
         is a product of two numbers. What is its slope in each? And who \
         else was handed the same code?"
    )
}
