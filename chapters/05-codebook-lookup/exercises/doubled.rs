//! Exercise 5.9 (§ Digits in few patches): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Because;

/// Latents of four components, each spread evenly between 0 and 1, and
/// independent of the others. K-means has learnt 16 codes for them. Let it
/// learn 32 instead. What share of the distortion is left? And why?
///
/// - `HalfAsWide`: a cell is half as wide, and the error is a square: a
///   quarter is left.
/// - `TheyShareIt`: the codes share the error among them, twice as many have
///   half of it each.
/// - `TheSideIsARoot`: a cell has half the volume, and its width is the
///   fourth root of its volume.
/// - `OneComponentIsCut`: one component is cut twice as finely, the other
///   three stay as they are.
/// - `TheyAreStuck`: more codes are stuck in places where they share what
///   one could serve; from the best of many starts, far less would be left.
pub fn doubled() -> (f64, Because) {
    todo!(
        "Exercise 5.9 (§ Digits in few patches): guess first, from the table \
         or from a drawing. Then let your exercise 5.8 learn both"
    )
}
