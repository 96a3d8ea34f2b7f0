//! Exercise 5.7 (§ Digits in few patches): what an image costs a coder that
//! has to guess.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The bits of an image of `codes` codes when the coder does not know how
/// often each is used. It has counted the codes of other images, `seen`,
/// adds one to each count, and gives a code of share q a word of -log2 q
/// bits. `counts` says how often each code really comes: an image has the
/// mean length of these words for each of its codes.
pub fn coded_bits(
    counts: &Array1<usize>, // [K]
    seen: &Array1<usize>,   // [K]
    codes: usize,
) -> f64 {
    todo!(
        "Exercise 5.7 (§ Digits in few patches): the shares of `seen` decide \
         how long a word is, those of `counts` how often it is written"
    )
}
