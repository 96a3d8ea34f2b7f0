//! Exercise 11.4 (§ Restoration): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::{Foreseen, Why};

/// One pixel, whose values have the mean 0.2 and the variance 0.04. What is
/// left of it is y = a x + n, with noise of variance ν, and it is 0.9. What
/// does the Wiener filter of equation 11.3 say that x was, if a = 1 and ν is
/// 0.04, `alike`; if a = 1 and ν is 0.0004, `sharp`; if a = 1 and ν is 4,
/// `noisy`; and if a = 0, `unseen`, whatever ν is? Two digits behind the
/// point are enough. And which reason fits all four?
///
/// - `ByTheirVariances`: it weighs the mean and what is left against each
///   other, by the variances of the pixel and of the noise.
/// - `BelievesTheData`: what is left was measured, and the mean only helps
///   out where nothing was.
/// - `BelievesTheMean`: the prior says what occurs, and what is left moves it
///   a little.
/// - `DividesByA`: it undoes the damage, and divides y by a.
/// - `TakesTheMiddle`: there are two opinions, and it goes half way.
pub fn weighs() -> Foreseen {
    todo!(
        "Exercise 11.4 (§ Restoration): give `alike`, `sharp`, `noisy`, \
         `unseen` and `why`. With one pixel, what is G of equation 11.3 in \
         each of the four cases, and what is it multiplied by?"
    )
}
