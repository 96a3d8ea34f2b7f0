//! Exercise 1.3 (§ The best discriminator): the answer that maximises V.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The best discriminator's probability in each cell of two tables p and q,
/// which sum to 1. Where both are 0, say 1/2.
pub fn optimal_d(p: &Array1<f64>, q: &Array1<f64>) -> Array1<f64> {
    todo!(
        "Exercise 1.3 (§ The best discriminator): maximise \
         p log d + q log(1 - d) over d, for one cell"
    )
}
