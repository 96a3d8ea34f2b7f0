//! Exercise 6.9 (§ Exercises): four runs that went wrong.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the runs A, B, C and D of the figure, in this order.
/// One thing in each, and a different one; `Cause` lists eight.
pub fn diagnose() -> [Cause; 4] {
    todo!(
        "Exercise 6.9 (§ Exercises): go from panel to panel. Does the loss \
         on the batches agree with the error on unseen points? Who moves \
         the latents, and where to? Whose error falls at all?"
    )
}
