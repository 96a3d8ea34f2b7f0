//! Exercise 9.2 (§ What is known at a place): inputs and targets.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// What the model sees at each place when it has to say `codes`, `[B, T]`:
/// the code before, and the number `k` where there is none. `[B, T]`
pub fn shift_right(codes: &Array2<usize>, k: usize) -> Array2<usize> {
    todo!(
        "Exercise 9.2 (§ What is known at a place): every row moves by one \
         place, its last code falls out, and the start token comes in"
    )
}
