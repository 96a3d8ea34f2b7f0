//! Exercise 5.6 (§ Learning a codebook): the draw of k-means++.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2};

/// The probability with which each latent, a row of z `[N, C]`, is drawn as
/// the next vector of the start, when the rows `chosen` (one at least) are
/// in it already. `[N]`, summing to 1.
pub fn next_start(z: &Array2<f64>, chosen: &[usize]) -> Array1<f64> {
    todo!(
        "Exercise 5.6 (§ Learning a codebook): equation 5.8. A latent that \
         is in the start already must get 0"
    )
}
