//! Exercise 7.13 (§ Exercises): three runs that went wrong.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the runs A, B and C of the figure, in this order. One
/// thing in each, and a different one; `Cause` lists seven.
pub fn diagnose() -> [Cause; 3] {
    todo!(
        "Exercise 7.13 (§ Exercises): go from panel to panel. Do the latents \
         stay near their codes? Does the codebook move? How many codes are \
         in use, and does the error follow them?"
    )
}
