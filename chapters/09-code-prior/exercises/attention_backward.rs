//! Exercise 9.3 (§ Attention, causally): back through a softmax.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The gradients at the queries, keys and values `[T, D]` of one head, from
/// its weights `[T, T]` and the gradient at its output `[T, D]`.
pub fn attention_backward(
    q: &Array2<f64>,
    k: &Array2<f64>,
    v: &Array2<f64>,
    p: &Array2<f64>,
    d_y: &Array2<f64>,
) -> [Array2<f64>; 3] {
    todo!(
        "Exercise 9.3 (§ Attention, causally): first the gradient at the \
         values and at the weights; then, row by row, through the softmax; \
         then through the scaled product"
    )
}
