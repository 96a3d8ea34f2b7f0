//! Exercise 9.9 (§ A PixelCNN, for comparison): the mask.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// For each row of a convolution's weights `[size²·C, O]` a 1 if it may be
/// used and a 0 if not. The rows are the places of a kernel of `size` ×
/// `size`, line by line, with `c` channels each. A place may be used if it
/// comes before the middle one in reading order; the middle one itself if
/// `own`. `size` is odd. `[size²·C]`
pub fn mask(size: usize, c: usize, own: bool) -> Array1<f64> {
    todo!(
        "Exercise 9.9 (§ A PixelCNN, for comparison): ones for all channels \
         of what comes before the middle, and for the middle if `own`"
    )
}
