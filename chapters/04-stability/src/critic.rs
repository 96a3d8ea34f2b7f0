//! What holds a critic's slope near 1: weights that are clipped, or a
//! penalty on the length of its gradient, by hand.

use gradients::plain::{Mlp, Parameters};
use ndarray::{Array2, NdFloat};

use crate::net::{near_one, penalty};

// ANCHOR: clip
/// Eq. 4.25: every parameter back between `-c` and `c`.
pub fn clip<F: NdFloat>(net: &mut impl Parameters<F>, c: F) {
    for mut p in net.parameters_mut() {
        p.mapv_inplace(|v| match v {
            v if v > c => c,
            v if v < -c => -c,
            v => v,
        });
    }
}
// ANCHOR_END: clip

// ANCHOR: between
/// Eq. 4.26: a point between each real example and a fake, at the share
/// `eps`, `[B, 1]`, which lies between 0 and 1. `[B, X]`
pub fn between<F: NdFloat>(
    x_real: &Array2<F>, // [B, X]
    x_fake: &Array2<F>, // [B, X]
    eps: &Array2<F>,    // [B, 1]
) -> Array2<F> {
    x_fake + &((x_real - x_fake) * eps) // [B, X]
}
// ANCHOR_END: between

/// Eq. 4.27 of chapter 0's network: see [`penalty`].
///
/// # Panics
/// An activation is curved.
pub fn penalty_under<F: NdFloat>(
    d: &Mlp<F>,
    x: &Array2<F>, // [B, X]
    of_norm: impl Fn(F) -> (F, F),
) -> (F, Mlp<F>) {
    let (value, d_net) = penalty(&d.clone().into(), x, of_norm);
    (value, d_net.into_mlp())
}

/// WGAN-GP's: λ times the squared distance of that length from 1.
pub fn gradient_penalty<F: NdFloat>(
    d: &Mlp<F>,
    x: &Array2<F>, // [B, X]
    lambda: f64,
) -> (F, Mlp<F>) {
    penalty_under(d, x, near_one(lambda))
}
