//! Exercise 8.10 (§ A price for bits): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Because;

/// A map of one place, and two codes on a line, at -0.5 and 0.5, that stay
/// there. In each step the same 1,000 latents, spread evenly from -1.02 to
/// 0.98, choose by equation 8.13; then the prices learn, by equation 8.12,
/// with averages that keep 0.9. In the first step nothing costs anything,
/// and 49 latents in 100 choose the second code. With λ = 6 the second
/// code's share falls to 0.464, and stays there. Change λ to 12. Which share
/// does it end with, after 2,000 steps? And why?
///
/// - `BothAreAsGood`: the codes are equally good, so their prices are nearly
///   equal, and 49 in 100 stay.
/// - `TwiceThePrice`: the price of a bit is twice as high, so the share ends
///   twice as far from a half.
/// - `FarLatentsStay`: latents beyond the second code, 24 in 100, would pay
///   more in distance than they save in price.
/// - `TheFloorHolds`: the thousandth of an equal share that is added keeps
///   the code in use, by so much: 1 in 2,000.
/// - `RarerIsDearer`: whoever is rarer is dearer, whoever is dearer is rarer,
///   and each round adds more than the one before.
pub fn rarer() -> (f64, Because) {
    todo!(
        "Exercise 8.10 (§ A price for bits): guess first. Then ask where the \
         border between two codes lies when one is dearer by r, what that \
         makes of the shares, and what these make of the prices"
    )
}
