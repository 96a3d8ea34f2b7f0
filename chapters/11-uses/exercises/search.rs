//! Exercise 11.1 (§ Restoration): which noise drew what is left?
#![allow(unused_variables, unused_imports, clippy::todo)]

use gan::plain::through;
use gradients::plain::{Mlp, last};
use ndarray::{Array1, Array2, Axis};

/// The energies of equation 11.4, one for each noise, `[N]`, and the gradient
/// of each at its noise, `[N, Z]`. The generator draws in [-1, 1], pictures
/// are in [0, 1]. Of a picture x, A x is left, and noise of variance `nu`;
/// `a` is `[P, P]`, with a row of zeros for each pixel of which nothing is
/// left. `y` is what is left of N pictures, `[N, P]`, a row each, with 0
/// where nothing is. `z` are the noises, `[N, Z]`. There may be none.
pub fn search(
    g: &Mlp<f64>,
    a: &Array2<f64>,
    nu: f64,
    y: &Array2<f64>,
    z: &Array2<f64>,
) -> (Array1<f64>, Array2<f64>) {
    todo!(
        "Exercise 11.1 (§ Restoration): forward, from noises to pictures to \
         what would be left of them. Then back the same way: what does each \
         step multiply the gradient by? What does z add by itself?"
    )
}
