//! Exercise 11.5 (§ Restoration): four searches that went wrong.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the searches A, B, C and D, in this order. One thing
/// in each, and a different one.
///
/// A small random generator of four numbers draws pictures of 6 × 6 pixels.
/// Of 32 of them the third to the fifth row are missing, and the others
/// slipped: what is left of a pixel is the mean of its two neighbours on the
/// left, around the edge, and noise of variance ν = 0.01. For each picture,
/// noises are searched for by equation 11.4, from eight beginnings at once,
/// with Adam, whose step size falls from 0.05 to 0. The log tells of the
/// beginning whose energy is least at that step, in means over the pictures:
///
/// - `energy`, as the search computes it;
/// - `fit`, ‖A x - y‖² / 2ν of the picture that this noise draws, as it
///   should be, whatever the search makes of it;
/// - `length`, that of z (the root of the mean square);
/// - `hidden`, the error of a pixel in the missing rows (again the root of
///   the mean square);
/// - `bright`, how bright these rows are drawn, in the mean. They were 0.44.
///
/// ```text
///            step   energy    fit   length   hidden   bright
/// healthy       0     39.8   38.3     1.72     0.28     0.45
///              20     12.9   11.6     1.61     0.18     0.45
///              60      8.5    7.1     1.70     0.13     0.45
///             200      8.3    6.8     1.72     0.11     0.45
/// A             0    316.9   55.1     2.17     0.34     0.38
///              20    255.3   41.3     2.36     0.29     0.33
///              60    224.6   40.9     3.32     0.34     0.30
///             200    217.1   42.2     4.05     0.36     0.28
/// B             0     95.2   93.2     2.00     0.38     0.46
///              20     45.7   43.9     1.89     0.33     0.46
///              60     21.2   19.3     1.93     0.24     0.46
///             200     12.7   11.1     1.77     0.19     0.45
/// C             0     38.0   38.0     1.92     0.29     0.45
///              20     11.7   11.7     1.70     0.18     0.46
///              60      6.8    6.8     2.08     0.14     0.45
///             200      6.3    6.3     2.24     0.12     0.45
/// D             0     39.8   38.3     1.72     0.28     0.45
///              20     35.6   33.6     2.00     0.30     0.45
///              60     42.0   38.6     2.61     0.29     0.42
///             200     48.1   44.1     2.81     0.29     0.41
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
