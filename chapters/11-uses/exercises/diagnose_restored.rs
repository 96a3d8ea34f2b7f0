//! Exercise 11.5 (§ Restoration): four searches that went wrong.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the searches A, B, C and D, in this order. One thing
/// in each, and a different one.
///
/// A small random generator of four numbers draws pictures of 6 × 6 pixels.
/// Of 32 of them the rows 2 to 4 are missing, and the others slipped: what is
/// left of a pixel is the mean of its two neighbours on the left, around the
/// edge, and noise of variance ν = 0.01. For each picture, noises are searched
/// for by equation 11.4, from eight beginnings at once, with Adam, whose step
/// size falls from 0.05 to 0. The log tells of the beginning whose energy is
/// least at that step, in means over the pictures:
///
/// - `energy`, as the search computes it;
/// - `fit`, ‖A x - y‖² / 2ν of the picture that this noise draws, as it
///   should be, whatever the search makes of it;
/// - `length`, that of z (the root of the mean square);
/// - `hidden`, the error in the missing rows (the same);
/// - `bright`, how bright these rows are drawn. They were 0.45 in truth.
///
/// ```text
TABLE
/// ```
///
/// What can be wrong:
///
/// - `NoTranspose`: the gradient goes back without Aᵀ.
/// - `NuTooSmall`: ν is ten thousand times too small.
/// - `NoLength`: ‖z‖² / 2 is left out, and its gradient.
/// - `OneBeginning`: one beginning for each picture, in place of eight.
/// - `StepTooLarge`: steps are a hundred times as large.
/// - `HiddenAreBlack`: where nothing is left, black counts as measured.
/// - `NotMapped`: what the generator draws in [-1, 1] is compared with what is
///   left of a picture in [0, 1].
pub fn diagnose_restored() -> [Cause; 4] {
    todo!(
        "Exercise 11.5 (§ Restoration): does the energy add up, as fit and \
         length² / 2? Does it fall? Where does it begin, and where do the \
         missing rows go?"
    )
}
