//! Exercise 8.1 (§ A convolution is a matrix product): neighbours in a row.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array2, s};

/// Beside each place of grids of `side` × `side` its 3 × 3 neighbours, line
/// by line, itself in the middle, each with all its C channels; zeros beyond
/// the edge. From `[N, C]` to `[N, 9C]`.
pub fn im2col(x: &Array2<f64>, side: usize) -> Array2<f64> {
    todo!(
        "Exercise 8.1 (§ A convolution is a matrix product): which row lies \
         one line up and one column to the left of row n, and when does none?"
    )
}
