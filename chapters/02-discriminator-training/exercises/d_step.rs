//! Exercise 2.1 (§ One step, written out): two batches, two gradients.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// For a discriminator with logit s = x w, w being `[X, 1]`: the gradient at
/// w of the mean loss on a real batch plus the mean loss on a fake batch,
/// each `[B, X]`. The batches may differ in size.
pub fn d_step(
    w: &Array2<f64>,
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
) -> Array2<f64> {
    todo!(
        "Exercise 2.1 (§ One step, written out): the gradient at the logits \
         is (D - 1) / B for real and D / B for fake rows; take each back \
         through x w, and add"
    )
}
