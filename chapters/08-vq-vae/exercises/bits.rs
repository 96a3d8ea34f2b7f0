//! Exercise 8.6 (§ A file): what a map of codes costs in the mean.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The bits of a map in the mean, when the coder has the table of the n-th
/// row of `q` at the n-th place, and codes come there as often as the n-th
/// row of `p` says. Both `[S², K]`, and each row adds up to 1. A share may be
/// 0: a code that never comes costs nothing, whatever its table says.
pub fn bits(q: &Array2<f64>, p: &Array2<f64>) -> f64 {
    todo!(
        "Exercise 8.6 (§ A file): equation 8.11 says what one map costs; how \
         often does each code come?"
    )
}
