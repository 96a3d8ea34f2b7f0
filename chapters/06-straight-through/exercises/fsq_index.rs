//! Exercise 6.6 (§ A grid in place of a codebook): from a latent to a number.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The index of each latent's code, `[N]`, under finite scalar quantisation;
/// the first component is the lowest digit.
pub fn fsq_index(z: &Array2<f64>, levels: &[usize]) -> Vec<usize> {
    todo!(
        "Exercise 6.6 (§ A grid in place of a codebook): squeeze, count \
         steps of the level below, and read the counts as a number whose \
         digits have different bases"
    )
}
