//! Exercise 0.8 (§ Exercises): four networks that did not learn as they
//! should.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Cause;

/// What was wrong with the runs A, B, C and D of the figure, in this order.
/// One thing in each, and a different one; `Cause` lists nine.
pub fn diagnose() -> [Cause; 4] {
    todo!(
        "Exercise 0.8 (§ Exercises): go from panel to panel. Does the loss \
         leave the line of guessing? Does a gradient reach every layer, and \
         how large is it beside that of the healthy run? Which units are \
         dead? Return `[Cause::…, Cause::…, Cause::…, Cause::…]`"
    )
}
