//! Exercise 9.12 (§ Exercises): four numbers that are too good.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the runs A, B, C and D of the figure, in this order.
/// One thing in each, and a different one; `Cause` lists eight.
pub fn diagnose() -> [Cause; 4] {
    todo!(
        "Exercise 9.12 (§ Exercises): in each run one number is better than \
         the best there is. Which one? Is it so on fresh sequences too, \
         place by place, and in what is drawn?"
    )
}
