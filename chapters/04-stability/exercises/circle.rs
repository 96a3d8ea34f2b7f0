//! Exercise 4.5 (§ With chapter 1's losses): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Because;

/// The game with chapter 1's losses, both at once, η = 0.2, from θ = 2,
/// ψ = 0. R1 has half of the weight from which on the pair would settle,
/// γ = ηa²/2 = 0.025. At what distance from the end of the game does the
/// pair come to circle? 0 if it settles, infinity if it leaves. And why?
///
/// - `AnyPenaltySettles`: with any penalty the pair settles.
/// - `BelowTheBorderNothing`: a penalty below the border of equation 4.11
///   is outweighed, and changes nothing.
/// - `BelowTheBorderItLeaves`: below that border the pair leaves.
/// - `TheSquareIsHalved`: the penalty takes half of what the tangents add;
///   the lean balances the other half, at half the square of the distance.
/// - `TheCircleIsHalved`: half of the penalty that settles it takes half of
///   the distance.
pub fn circle() -> (f64, Because) {
    todo!(
        "Exercise 4.5 (§ With chapter 1's losses): guess first. Then write \
         down what a step adds to the square of the distance and what the \
         lean takes, add what R1 takes, and let the sum be 0"
    )
}
