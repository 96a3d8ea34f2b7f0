//! Exercise 8.9 (§ Exercises): four trainings that went wrong.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the runs A, B, C and D of the figure, in this order.
/// One thing in each, and a different one; `Cause` lists six.
pub fn diagnose() -> [Cause; 4] {
    todo!(
        "Exercise 8.9 (§ Exercises): go from panel to panel. Is the error on \
         fresh patches that of the batches? What would it be without the \
         lookup? How long are latents, and how far from their codes? How many \
         codes are in use?"
    )
}
