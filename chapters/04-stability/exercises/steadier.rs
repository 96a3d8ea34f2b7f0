//! Exercise 4.11 (§ What momentum does): change and explain, on the ring.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::{Foreseen, Why};

/// Exercise 4.10's pair with Adam's β₁ at 0.9 swings. Now R1 and R2 weigh
/// ten times as much. Does D's loss swing half as much or less, and is the
/// share of samples of high quality half as large again or more? And why?
///
/// - `DampedAndFlat`: the penalty damps the circling, and a flat D says
///   less about where a fake should go.
/// - `DampedAndSharp`: the penalty damps the circling, and a pair that
///   settles does so on the data.
/// - `MomentumWins`: no penalty outweighs a momentum of 0.9.
/// - `TheStepIsTooLong`: ten times the penalty oversteps its upper border.
/// - `NothingMoves`: G's gradient fades, so that G stands still.
pub fn steadier() -> Foreseen {
    todo!(
        "Exercise 4.11 (§ What momentum does): give `steadier`, `sharper` \
         and `why`. Where, for a fake at θ, does equation 4.7 leave the \
         tilt ψ, if D may settle and γ is large?"
    )
}
