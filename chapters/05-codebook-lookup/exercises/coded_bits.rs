//! Exercise 5.7 (§ Digits in few patches): what an image costs.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The bits of an image of `codes` codes, when a code that is used often
/// costs less: the entropy of an index, from how often each was used, times
/// the number of codes.
pub fn coded_bits(counts: &Array1<usize>, codes: usize) -> f64 {
    todo!(
        "Exercise 5.7 (§ Digits in few patches): the entropy of \
         counts / total, in bits; a code that was never used adds nothing"
    )
}
