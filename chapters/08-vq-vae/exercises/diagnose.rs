//! Exercise 8.9 (§ Exercises): four systems that went wrong.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the runs A, B, C and D of the two figures, in this
/// order. One thing in each, and a different one; `Cause` lists eight.
pub fn diagnose() -> [Cause; 4] {
    todo!(
        "Exercise 8.9 (§ Exercises): do training and use agree? If not, is \
         it the codes that are wrong, or what is drawn of them? What do the \
         bits say, and what the letters?"
    )
}
