//! Exercise 10.4 (§ A critic of patches): what a logit sees.
#![allow(unused_variables, unused_imports, clippy::todo)]

use std::ops::Range;

use crate::checks::Window;

/// Along one line of a picture of `side` pixels: which of them has an
/// influence on the logit at `place`, counted from 0? The windows are those
/// of the discriminator's layers, the first one on the pixels: `kernel`
/// places wide, each `stride` further than the last, the first one beginning
/// `padding` places *before* the line. From the first such pixel to the
/// first one behind them. Without layers a logit is its pixel.
pub fn sees(windows: &[Window], side: usize, place: usize) -> Range<usize> {
    todo!(
        "Exercise 10.4 (§ A critic of patches): begin at the logit. Which \
         places of the last layer's input does it see, from the first to \
         the last, and which do these see? What lies beyond the picture's \
         edges?"
    )
}
