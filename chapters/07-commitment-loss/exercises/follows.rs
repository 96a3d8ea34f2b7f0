//! Exercise 7.14 (§ Three terms, three receivers): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Because;

/// One latent at 1.0, of one component, and its code at 0.6, β = 0.25; the
/// decoder's gradient at z_q stays at −0.3. Step for step, both go against
/// their gradients, the latent by 0.1 of its own, the code by 0.01 of its
/// own. At what distance do they go on in the end? 0 if they meet, infinity
/// if the distance never stops growing. And why?
///
/// - `TheyMeet`: both terms pull the two together, until they meet.
/// - `TheCommitmentHolds`: a latent that no longer moves needs the pull of
///   the commitment term to be as large as the decoder's.
/// - `TheStepsDivideOut`: a balance is one of gradients; step sizes say how
///   soon it is reached.
/// - `TheCodeFollows`: both go on, at one pace, and the distance is that at
///   which the code's pace is the latent's.
/// - `ItRunsAway`: the decoder asks for the same step again and again, so
///   the latent leaves its code behind.
pub fn follows() -> (f64, Because) {
    todo!(
        "Exercise 7.14 (§ Three terms, three receivers): guess first. Then \
         write down how far each goes in one step, when they are d apart"
    )
}
