//! Exercise 4.9 (§ Side by side): several examples at one glance.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// What a discriminator is shown that judges `pack` examples at a time: the
/// packs of the real and those of the fake batch. Both batches are `[B, X]`,
/// `pack` divides B; both results are `[B / pack, pack · X]`.
pub fn packed(
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
    pack: usize,
) -> (Array2<f64>, Array2<f64>) {
    todo!(
        "Exercise 4.9 (§ Side by side): neighbouring rows side by \
         side, each whole; `to_shape` does it. What has a pack in common?"
    )
}
