//! Exercise 7.6 (§ How many codes are in use): an entropy as a count.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The perplexity of codes that were chosen so many times, `[K]`.
pub fn perplexity(counts: &Array1<usize>) -> f64 {
    todo!(
        "Exercise 7.6 (§ How many codes are in use): the exponential of the \
         entropy, in matching units; a code that nobody chose adds nothing"
    )
}
