//! The other losses, from logits `[B, 1]`; the tape finds their gradients.

use dfdx::prelude::*;
use gradients::on_dfdx::{Loss, Number, Taped, number};

// ANCHOR: losses
/// Eq. 4.28: real logits up, fake ones down.
pub fn d_wasserstein<E: Number, D: Device<E>>(
    s_real: Taped<E, D>,
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    s_fake.mean() - s_real.mean()
}

/// The generator's: its fakes' logits up.
pub fn g_wasserstein<E: Number, D: Device<E>>(
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    s_fake.mean().negate()
}

/// Eq. 4.28: real logits to 1, fake ones to 0, by least squares.
pub fn d_least_squares<E: Number, D: Device<E>>(
    s_real: Taped<E, D>,
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    let fake = s_fake.square().mean();
    ((s_real - E::one()).square().mean() + fake) * number::<E>(0.5)
}

/// The generator's: its fakes' logits to 1.
pub fn g_least_squares<E: Number, D: Device<E>>(
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    (s_fake - E::one()).square().mean() * number::<E>(0.5)
}

/// Eq. 4.28: real logits above 1, fake ones below -1.
pub fn d_hinge<E: Number, D: Device<E>>(
    s_real: Taped<E, D>,
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    let fake = (s_fake + E::one()).relu().mean();
    (s_real.negate() + E::one()).relu().mean() + fake
}

/// The generator's is Wasserstein's.
pub fn g_hinge<E: Number, D: Device<E>>(s_fake: Taped<E, D>) -> Loss<E, D> {
    g_wasserstein(s_fake)
}
// ANCHOR_END: losses
