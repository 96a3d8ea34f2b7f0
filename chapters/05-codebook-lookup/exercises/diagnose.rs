//! Exercise 5.10 (§ Exercises): four codebooks that went wrong.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the runs A, B, C and D of the figure, in this order.
/// One thing in each, and a different one; `Cause` lists eight.
pub fn diagnose() -> [Cause; 4] {
    todo!(
        "Exercise 5.10 (§ Exercises): go from panel to panel. Do the codes \
         come to rest? Are all in use? And where do they lie in the end, \
         those that are used and those that are not?"
    )
}
