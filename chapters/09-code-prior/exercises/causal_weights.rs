//! Exercise 9.1 (§ Attention, causally): who may look where.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The weights `[T, T]` of one head, row i being those of the place that
/// asks, from queries and keys `[T, D]`. Scores may be in the thousands, of
/// places that are seen and of places that are not.
pub fn causal_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    todo!(
        "Exercise 9.1 (§ Attention, causally): scale the products of queries \
         and keys, then take the softmax of each row over the places up to \
         its own; the rest is 0"
    )
}
