//! A critic's slope on dfdx: the penalty on it is written as a forward pass,
//! and the tape finds its gradient.

use dfdx::prelude::*;
use gan::on_dfdx::through;
use gradients::on_dfdx::{Loss, Matrix, Mlp, Number, Vector, number};
use lab::tensor;

use crate::metric;

/// A number for each row, with the tape that says where it came from.
pub type TapedVector<E, D> = Tensor<(usize,), E, D, OwnedTape<E, D>>;

// ANCHOR: penalty
/// Eq. 4.27: the mean over rows of a function of the length of the logit's
/// gradient at `x`.
///
/// # Panics
/// An activation is curved.
pub fn penalty_under<E: Number, D: Device<E>>(
    d: &Mlp<E, D>,
    x: Matrix<E, D>, // [B, X]
    of_norm: impl Fn(TapedVector<E, D>) -> TapedVector<E, D>,
) -> Loss<E, D> {
    let squares = through(d, x).square().sum::<(usize,), Axis<1>>(); // [B]
    // A root is infinitely steep at 0; this is not, and moves no number.
    let norms = (squares + E::min_positive_value()).sqrt(); // [B]
    of_norm(norms).mean()
}

/// WGAN-GP's: λ times the squared distance of that length from 1.
pub fn gradient_penalty<E: Number, D: Device<E>>(
    d: &Mlp<E, D>,
    x: Matrix<E, D>, // [B, X]
    lambda: f64,
) -> Loss<E, D> {
    let of_norm =
        |n: TapedVector<E, D>| (n - E::one()).square() * number::<E>(lambda);
    penalty_under(d, x, of_norm)
}
// ANCHOR_END: penalty

/// Eq. 4.24: Wasserstein's distance of two samples on a line, `[N]` each.
/// Who is whose partner is found off the tape.
///
/// # Panics
/// There is not a real number for each fake.
pub fn wasserstein<E: Number, D: Device<E>>(
    x_real: &Vector<E, D>,
    x_fake: TapedVector<E, D>,
) -> Loss<E, D> {
    let dev = x_fake.device().clone();
    let numbers = |x: Vec<E>| ndarray::Array1::from(x);
    let (real, fake) = (numbers(x_real.as_vec()), numbers(x_fake.as_vec()));
    let partners = metric::partners(&real, &fake); // [N]
    let partners = tensor(&dev, &partners, (partners.len(),)); // [N]
    (x_fake - partners).abs().mean()
}
