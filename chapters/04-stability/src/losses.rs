//! Other losses than chapter 1's, on the same logits: Wasserstein's, least
//! squares, and hinge. Logits are columns `[B, 1]`; each loss comes with its
//! gradients at them.

use gan::plain::Scored;
use gradients::plain::real;
use ndarray::{Array2, NdFloat};

// ANCHOR: wasserstein
/// The mean over the logits of a function, which comes with its slope, and
/// the gradient of that mean. `[B, 1]`
fn mean_of<F: NdFloat>(
    s: &Array2<F>,
    of: impl Fn(F) -> (F, F),
) -> (F, Array2<F>) {
    let n = real::<F>(s.len() as f64);
    let loss = s.fold(F::zero(), |sum, &s| sum + of(s).0) / n;
    (loss, s.mapv(|s| of(s).1 / n)) // [B, 1]
}

/// Eq. 4.28 and 4.29: real logits up, fake ones down. Only for a critic
/// whose slope is bounded: this loss has no end.
pub fn d_wasserstein<F: NdFloat>(
    s_real: &Array2<F>,
    s_fake: &Array2<F>,
) -> Scored<F> {
    let (real, d_real) = mean_of(s_real, |s| (-s, -F::one())); // [B, 1]
    let (fake, d_fake) = mean_of(s_fake, |s| (s, F::one())); // [B, 1]
    (real + fake, (d_real, d_fake))
}

/// The generator's: its fakes' logits up.
pub fn g_wasserstein<F: NdFloat>(s_fake: &Array2<F>) -> (F, Array2<F>) {
    mean_of(s_fake, |s| (-s, -F::one())) // [B, 1]
}
// ANCHOR_END: wasserstein

// ANCHOR: others
/// Half the squared distance from a target, and its slope.
fn square<F: NdFloat>(s: F, target: F) -> (F, F) {
    let off = s - target;
    (off * off / real(2.0), off)
}

/// Eq. 4.28 and 4.29: real logits to 1, fake ones to 0, by least squares.
pub fn d_least_squares<F: NdFloat>(
    s_real: &Array2<F>,
    s_fake: &Array2<F>,
) -> Scored<F> {
    let (real, d_real) = mean_of(s_real, |s| square(s, F::one())); // [B, 1]
    let (fake, d_fake) = mean_of(s_fake, |s| square(s, F::zero())); // [B, 1]
    (real + fake, (d_real, d_fake))
}

/// The generator's: its fakes' logits to 1.
pub fn g_least_squares<F: NdFloat>(s_fake: &Array2<F>) -> (F, Array2<F>) {
    mean_of(s_fake, |s| square(s, F::one())) // [B, 1]
}

/// `max(0, 1 + s)`, and its slope, which at the bend is 0.
fn hinge<F: NdFloat>(s: F) -> (F, F) {
    match s <= -F::one() {
        true => (F::zero(), F::zero()),
        false => (F::one() + s, F::one()), // NaN too: nothing hides it
    }
}

/// Eq. 4.28 and 4.29: real logits above 1, fake ones below -1; beyond that
/// nothing is gained.
pub fn d_hinge<F: NdFloat>(
    s_real: &Array2<F>,
    s_fake: &Array2<F>,
) -> Scored<F> {
    let (real, d_minus) = mean_of(&s_real.mapv(|s| -s), hinge); // [B, 1]
    let (fake, d_fake) = mean_of(s_fake, hinge); // [B, 1]
    (real + fake, (-d_minus, d_fake))
}

/// The generator's is Wasserstein's.
pub fn g_hinge<F: NdFloat>(s_fake: &Array2<F>) -> (F, Array2<F>) {
    g_wasserstein(s_fake)
}
// ANCHOR_END: others
