//! Exercise 8.6 (§ A file): what a map of codes costs.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The bits of a map of codes, one for each place, when the n-th place has
/// the probabilities of the n-th row of `p`, `[places, K]`.
pub fn bits(p: &Array2<f64>, map: &[usize]) -> f64 {
    todo!("Exercise 8.6 (§ A file): what does a code of probability p cost?")
}
