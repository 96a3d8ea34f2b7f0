//! Exercise 10.11 (§ A prior that takes a wish): four that did not hear.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Unheard;

/// What was wrong with the runs A, B, C and D of the figure, in this order.
/// One thing in each, and a different one; `Unheard` lists eight.
pub fn diagnose_wish() -> [Unheard; 4] {
    todo!(
        "Exercise 10.11 (§ A prior that takes a wish): has the prior learnt \
         what a class means, and to do without? If it has, what of the \
         drawing: does γ change anything, and which half of the wish is kept?"
    )
}
