//! What is known of a digit of which the upper rows are given. The program and the experiments share it.

use ndarray::{Array2, s};
use vq_vae::model::{VqVae, VqVaeError};

// ANCHOR: given
/// The codes of the first `rows` rows of images `[N, 784]`. What is not
/// given is blank before anything is encoded: the encoder looks at the
/// neighbours of a patch, so a code knows a little of the row below.
///
/// # Errors
/// The images do not suit the tokeniser.
pub fn upper_codes(
    tokeniser: &VqVae<f32>,
    mut x: Array2<f32>, // [N, 784]
    rows: usize,
) -> Result<Array2<usize>, VqVaeError> {
    let sizes = tokeniser.sizes;
    let line = sizes.side() * sizes.patch; // 28 pixels
    x.slice_mut(s![.., rows * sizes.patch * line..]).fill(0.0);
    let codes = tokeniser.encode(&x)?; // [N, T]
    Ok(codes.slice(s![.., ..rows * sizes.side()]).to_owned())
}
// ANCHOR_END: given
