//! Exercise 8.2 (§ A convolution is a matrix product): and back.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array2, s};

/// The gradient of exercise 8.1: from `[N, 9C]` to `[N, C]`.
pub fn col2im(d_columns: &Array2<f64>, side: usize) -> Array2<f64> {
    todo!(
        "Exercise 8.2 (§ A convolution is a matrix product): every copy of a \
         number sends its gradient back to it; how many copies are there?"
    )
}
