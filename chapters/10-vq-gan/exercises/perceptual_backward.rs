//! Exercise 10.3 (§ A ruler of features): back through the ruler.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The gradient of equation 10.2 at x̂, `[B, I]`. The ruler has L layers:
/// each multiplies by its weight `[I, O]`, adds its bias, and ends in a leaky
/// ReLU of slope 0.2. `of_x` and `of_x_hat` hold what each layer gave,
/// `[B, O]`, behind its ReLU. A layer's mean squared difference counts
/// `shares[n]`, which is 1 / (L · scale). There may be no picture.
pub fn perceptual_backward(
    weights: &[Array2<f64>],
    of_x: &[Array2<f64>],
    of_x_hat: &[Array2<f64>],
    shares: &[f64],
) -> Array2<f64> {
    todo!(
        "Exercise 10.3 (§ A ruler of features): from the last layer to the \
         first. What arrives at a layer's features from behind, and what is \
         added there? Before its activation, or behind it?"
    )
}
