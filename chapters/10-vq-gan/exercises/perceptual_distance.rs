//! Exercise 10.2 (§ A ruler of features): how far apart two pictures look.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// Equation 10.2. The features of three batches, a matrix for each of L
/// layers: of real pictures, which give each layer its scale, `[N, F]`; of x,
/// and of its reconstructions, `[B, F]`. F differs from layer to layer. A
/// layer whose features are 0 on the real pictures adds nothing, and counts
/// as a layer; without any layer the distance is 0.
pub fn perceptual_distance(
    real: &[Array2<f64>],
    of_x: &[Array2<f64>],
    of_x_hat: &[Array2<f64>],
) -> f64 {
    todo!(
        "Exercise 10.2 (§ A ruler of features): of each layer the mean \
         squared difference, over the layer's scale; then the mean over \
         layers. On which batch is a scale measured, and what is it?"
    )
}
