//! Exercise 10.10 (§ A prior that takes a wish): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::{Leant, Reason};

/// At a place there are three codes. Untold, the prior gives them the
/// probabilities 0.6, 0.1 and 0.3; told the wish, 0.6, 0.3 and 0.1. How
/// probable is the *second* code by equation 10.9 at γ = 0, `unheard`; at
/// γ = 2, `twice`; at γ = -1, `away`; at γ = 50, `far`; and at γ = 1 with a
/// temperature of 0.02, `cold`? Two digits will do. And why?
///
/// - `ColderForTheWish`: γ is a temperature for the told one: each code has
///   its told probability to the power γ, so that the likeliest wins.
/// - `AlongALine`: probabilities go from the untold ones to the told ones
///   and on in a straight line, and are cut at 0 and 1.
/// - `UntoldTimesThePower`: each code has its untold probability, times what
///   the wish makes of it, told over untold, to the power γ.
/// - `ThePowerAlone`: what counts is told over untold, to the power γ,
///   however rare a code is.
/// - `ToldTimesThePower`: each code has its told probability, times told over
///   untold to the power γ, so that γ = 0 is the prior that was trained.
pub fn leans() -> Leant {
    todo!(
        "Exercise 10.10 (§ A prior that takes a wish): give `unheard`, \
         `twice`, `away`, `far`, `cold` and `why`. A probability is e to its \
         logit, over a sum: what becomes of a sum of logits, and of γ times \
         a difference? Which code has the most in the end?"
    )
}
