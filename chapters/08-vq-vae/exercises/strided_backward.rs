//! Exercise 8.4 (§ From pixels to places): back to pixels, patch by patch.
#![allow(unused_variables, unused_imports, clippy::todo)]

use codebook_lookup::plain::assemble;
use ndarray::{Array2, s};

/// Pictures of `height` × `width` pixels were cut into patches of p × p, as
/// in equation 8.1, and the rows multiplied by `w`, `[p², O]`; the side of
/// the grid is that of the picture over p. The gradient at the result is
/// `d_y`, `[N, O]`, picture by picture and line by line. Gives that at the
/// pictures, `[B, height · width]`, each line by line.
pub fn strided_backward(
    d_y: &Array2<f64>,
    w: &Array2<f64>,
    (height, width): (usize, usize),
) -> Array2<f64> {
    todo!(
        "Exercise 8.4 (§ From pixels to places): what is the gradient at the \
         rows of patches, and where did each number of a row come from?"
    )
}
