//! Exercise 1.8 (§ Exercises): four games that went wrong.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the runs A, B, C and D of the figure, in this order.
/// One thing in each, and a different one; `Cause` lists eight.
pub fn diagnose() -> [Cause; 4] {
    todo!(
        "Exercise 1.8 (§ Exercises): go from panel to panel. Does the \
         generator come nearer? Does the discriminator know which are real, \
         and does it answer when the fakes move? How long may a gradient be?"
    )
}
