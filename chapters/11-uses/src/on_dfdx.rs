//! The search for a generator's noise on a tape, and what has a file of its own.

pub mod conditional;
pub mod cycle;

use dfdx::prelude::*;
use gradients::on_dfdx::{Loss, Matrix, Mlp, Number, number};

// ANCHOR: search
/// Eq. 11.4, the sum over the noises `[N, Z]`: the tape finds the gradient
/// at each of them.
pub fn search<E: Number, D: Device<E>>(
    g: &Mlp<E, D>,
    (a, noise): (&Matrix<E, D>, f64), // [P, P]
    y: &Matrix<E, D>,                 // [N, P]
    z: Matrix<E, D>,                  // [N, Z]
) -> Loss<E, D> {
    let half = number::<E>(0.5);
    let x = g.forward(z.leaky_trace()) * half + half; // [N, P]
    let off = x.matmul(a.clone().permute()) - y.clone(); // [N, P]
    let fit = off.square().sum() * number::<E>(0.5 / noise);
    fit + z.leaky_traced().square().sum() * half
}
// ANCHOR_END: search
