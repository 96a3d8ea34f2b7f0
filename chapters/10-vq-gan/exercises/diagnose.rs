//! Exercise 10.8 (§ What goes wrong): four systems that went wrong.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the runs A, B, C and D of the two figures, in this
/// order. One thing in each, and a different one; `Cause` lists eight.
pub fn diagnose() -> [Cause; 4] {
    todo!(
        "Exercise 10.8 (§ What goes wrong): since when does λ count, and \
         where is its top? Is the run another one before the decoder \
         listens? Do neighbouring pixels look alike?"
    )
}
