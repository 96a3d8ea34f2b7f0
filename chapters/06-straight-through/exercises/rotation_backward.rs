//! Exercise 6.5 (§ Turning with the latent): turn a gradient back.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The gradient at one latent z, given its code e and the gradient d at the
/// code, under the rotation trick. All `[C]`, none of them zero.
pub fn rotation_backward(
    z: &Array1<f64>,
    e: &Array1<f64>,
    d: &Array1<f64>,
) -> Array1<f64> {
    todo!(
        "Exercise 6.5 (§ Turning with the latent): equation 6.11 without \
         building R: three inner products are enough"
    )
}
