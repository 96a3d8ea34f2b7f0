//! Exercise 2.7 (§ Exercises): four discriminators that went wrong.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the runs A, B, C and D of the figure, in this order.
/// One thing in each, and a different one; `Cause` lists six.
pub fn diagnose() -> [Cause; 4] {
    todo!(
        "Exercise 2.7 (§ Exercises): go from panel to panel. Does the loss \
         on the batches agree with the loss on fresh examples? Can a \
         discriminator be right as often as this one?"
    )
}
