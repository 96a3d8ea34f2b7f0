//! Exercise 4.3 (§ Where training is stable): does it settle?
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The spectral radius of a step `I + ηJ`, the size of its largest
/// eigenvalue, for a real `J`, `[2, 2]`. Below 1, training settles.
pub fn spectral_radius(j: &Array2<f64>, eta: f64) -> f64 {
    todo!(
        "Exercise 4.3 (§ Where training is stable): trace and determinant \
         of I + ηJ give both eigenvalues. Two that are complex have one \
         size; of two that are real, a negative one can be the larger"
    )
}
