//! Exercise 10.1 (§ Colour): patches in colour, of pictures of any shape.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// Pictures of `height` × `width` pixels in `channels` colours, a row each,
/// `[B, height · width · channels]`: line by line, and the channels of a
/// pixel side by side. Cut into patches of `patch` × `patch` pixels, a row
/// each, `[B · (height / patch) · (width / patch), patch² · channels]`: the
/// patches of a picture line by line, and in a patch its pixels line by line.
/// There may be no picture.
pub fn space_to_depth(
    x: &Array2<f64>,
    (height, width, channels): (usize, usize, usize),
    patch: usize,
) -> Array2<f64> {
    todo!(
        "Exercise 10.1 (§ Colour): the page's pictures are squares, these \
         need not be. Which pieces of a line lie in one patch, how many \
         patches are there across, and how many down?"
    )
}
