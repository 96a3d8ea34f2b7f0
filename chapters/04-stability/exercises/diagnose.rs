//! Exercise 4.10 (§ Exercises): four runs that went wrong.
#![allow(unused_variables, unused_imports, clippy::todo)]

use stability::causes::Cause;

/// What was wrong with the runs A, B, C and D of the figure, in this order.
/// One thing in each, and a different one; `Cause` lists eight.
pub fn diagnose() -> [Cause; 4] {
    todo!(
        "Exercise 4.10 (§ Exercises): go from panel to panel. Does D move? \
         Do the samples? Is the gradient larger than in the healthy run, or \
         smaller? Do the two curves of D agree with the losses?"
    )
}
