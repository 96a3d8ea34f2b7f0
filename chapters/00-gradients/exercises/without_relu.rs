//! Exercise 0.7 (§ A network is a list): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Because;

/// Twenty layers, 256 wide, with weights drawn as for ReLU, of variance
/// 2 / I. But no ReLU follows: a layer hands on its sums as they are. How
/// many times as large as that of the input is the standard deviation after
/// the twentieth layer? And why?
///
/// - `TheRuleKeepsTheSize`: He's rule keeps the signal's size, whatever
///   follows a layer.
/// - `TheSquareDoubles`: without ReLU nothing is thrown away, and the mean
///   square doubles in each layer.
/// - `TheSizeDoubles`: ReLU throws half of the signal away; without it each
///   layer doubles its size.
/// - `TwentyAreOne`: linear layers in a row are one linear layer, so that the
///   size changes as in one.
/// - `SignsCancel`: negative numbers are no longer cut off, so that the terms
///   of a sum cancel, and the signal fades.
pub fn without_relu() -> (f64, Because) {
    todo!(
        "Exercise 0.7 (§ A network is a list): guess first. Then write down \
         the mean square of a sum of 256 terms, and what a layer makes of it"
    )
}
