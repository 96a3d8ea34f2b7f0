//! Exercise 11.3 (§ Privacy): build, find the planted duplicates.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The pairs (i, j) of pictures that show the same, i < j, each pair once, in
/// any order. Pictures are squares of `side` pixels a side, 2 or more, line
/// by line, a row each, `[N, side²]`; `codes` is what a tokeniser makes of
/// them, `[N, T]`. There may be no picture. A pair shows the same if
///
/// - it has at least `common` codes in common, wherever they stand, each as
///   often as both have it (three 5s and two 5s have two in common), and
/// - after the best of nine shifts, by -1, 0 or 1 pixel down and as many
///   across, the mean squared difference is at most `most`. The mean is over
///   the pixels that lie on both.
///
/// A mirrored copy is another picture. So is a copy that moved further, even
/// if a third one lies between.
pub fn duplicates(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): (usize, f64),
) -> Vec<(usize, usize)> {
    todo!(
        "Exercise 11.3 (§ Privacy): three pieces. How many codes do two \
         pictures share? How far apart are they after one shift, where they \
         lie on one another? Which pairs pass both?"
    )
}
