//! The same game on dfdx. A player is a matrix of one number, so that
//! chapter 1's losses fit; the tape finds each player's way downhill.

pub mod critic;
pub mod game;
pub mod losses;
pub mod net;
pub mod pair;

use dfdx::prelude::*;
use gradients::on_dfdx::{Loss, Matrix, Number, Taped, Vector, number};
use minimax_loss::on_dfdx as chapter_1;
use ndarray::{Array2, array};

use crate::plain::{Game, Order, Score};

// ANCHOR: losses
/// Eq. 4.1 and 4.7: what the discriminator minimises. The tape is that of
/// ψ, `[1, 1]`. The slope of the logit in x, which R1 squares, is ψ itself.
pub fn d_loss<E: Number, D: Device<E>>(
    game: Game,
    theta: &Matrix<E, D>,
    psi: Taped<E, D>,
) -> Loss<E, D> {
    let slope = psi.retaped::<OwnedTape<E, D>>(); // [1, 1]
    let s_real = psi.retaped::<OwnedTape<E, D>>() * E::zero(); // [1, 1]
    let s_fake = psi * theta.clone(); // [1, 1]
    let loss = match game.score {
        Score::Linear => (s_fake - s_real).sum(),
        Score::Logistic => chapter_1::d_loss(s_real, s_fake),
    };
    loss + slope.square().sum() * number::<E>(game.gamma / 2.0)
}

/// Eq. 4.1: what the generator minimises. The tape is that of θ, `[1, 1]`.
pub fn g_loss<E: Number, D: Device<E>>(
    game: Game,
    theta: Taped<E, D>,
    psi: &Matrix<E, D>,
) -> Loss<E, D> {
    let s_fake = theta * psi.clone(); // [1, 1]
    match game.score {
        Score::Linear => s_fake.sum().negate(),
        Score::Logistic => chapter_1::g_loss_non_saturating(s_fake),
    }
}
// ANCHOR_END: losses

/// Both players, `[1, 1]` each.
pub type Pair<E, D> = [Matrix<E, D>; 2];

/// A pair of players on a device.
pub fn pair<E: Number, D: Device<E>>(dev: &D, w: [E; 2]) -> Pair<E, D> {
    w.map(|v| dev.tensor_from_vec(vec![v], (1, 1)))
}

/// The numbers of a pair.
pub fn numbers<E: Number, D: Device<E>>(w: &Pair<E, D>) -> [E; 2] {
    [0, 1].map(|n| w[n].as_vec()[0])
}

// ANCHOR: steps
/// Eq. 4.2: the way of the discriminator.
fn v_psi<E: Number, D: Device<E>>(
    game: Game,
    [theta, psi]: &Pair<E, D>,
) -> Matrix<E, D> {
    let loss = d_loss(game, theta, psi.leaky_trace());
    loss.backward().get(psi).negate() // [1, 1]
}

/// Eq. 4.2: the way of the generator.
fn v_theta<E: Number, D: Device<E>>(
    game: Game,
    [theta, psi]: &Pair<E, D>,
) -> Matrix<E, D> {
    let loss = g_loss(game, theta.leaky_trace(), psi);
    loss.backward().get(theta).negate() // [1, 1]
}

/// Eq. 4.2: where each player would go.
pub fn field<E: Number, D: Device<E>>(
    game: Game,
    w: &Pair<E, D>,
) -> Pair<E, D> {
    [v_theta(game, w), v_psi(game, w)]
}

/// Eq. 4.3: both players look, then both move.
pub fn simultaneous<E: Number, D: Device<E>>(
    game: Game,
    w: Pair<E, D>,
    eta: E,
) -> Pair<E, D> {
    let [v_theta, v_psi] = field(game, &w); // [1, 1] each
    let [theta, psi] = w;
    [theta + v_theta * eta, psi + v_psi * eta]
}

/// Eq. 4.4: the discriminator moves, and the generator answers the new one.
pub fn alternating<E: Number, D: Device<E>>(
    game: Game,
    w: Pair<E, D>,
    eta: E,
) -> Pair<E, D> {
    let step = v_psi(game, &w) * eta; // [1, 1]
    let [theta, psi] = w;
    let w = [theta, psi + step];
    let step = v_theta(game, &w) * eta; // [1, 1]
    let [theta, psi] = w;
    [theta + step, psi]
}
// ANCHOR_END: steps

/// Eq. 4.12: heavy balls. `m` holds the last moves.
pub fn heavy_ball<E: Number, D: Device<E>>(
    game: Game,
    order: Order,
    ([theta, psi], [m_theta, m_psi]): (Pair<E, D>, Pair<E, D>),
    (eta, beta): (E, E),
) -> (Pair<E, D>, Pair<E, D>) {
    let w = [theta, psi];
    let [at_old, v_psi] = field(game, &w); // [1, 1] each
    let [theta, psi] = w;
    let m_psi = m_psi * beta + v_psi; // [1, 1]
    let w = [theta, psi + m_psi.clone() * eta];
    let v_theta = match order {
        Order::Simultaneous => at_old,
        Order::Alternating => v_theta(game, &w),
    };
    let [theta, psi] = w;
    let m_theta = m_theta * beta + v_theta; // [1, 1]
    ([theta + m_theta.clone() * eta, psi], [m_theta, m_psi])
}

/// `f'` of every element.
fn slope<E: Number, D: Device<E>>(
    score: Score,
    t: Taped<E, D>,
) -> Taped<E, D> {
    match score {
        Score::Linear => t * E::zero() + E::one(),
        Score::Logistic => t.sigmoid(),
    }
}

// ANCHOR: jacobian
/// Eq. 4.8: dfdx's tape cannot be differentiated itself, so the field is
/// written out, and the tape differentiates that. `[2, 2]`
pub fn jacobian<E: Number, D: Device<E>>(
    game: Game,
    [theta, psi]: &Pair<E, D>,
) -> Array2<E> {
    let s_fake = || psi.leaky_trace() * theta.clone(); // [1, 1]
    let for_g = slope(game.score, s_fake().negate()); // [1, 1]
    let for_d = slope(game.score, s_fake()); // [1, 1]
    let r1 = psi.leaky_trace() * number::<E>(game.gamma); // [1, 1]
    let v_theta = for_g * psi.clone(); // [1, 1]
    let v_psi = (for_d * theta.clone() + r1).negate(); // [1, 1]
    let [top, bottom] = [v_theta, v_psi].map(|v| v.sum().backward());
    let at =
        |row: &Gradients<E, D>, w| row.get::<(usize, usize)>(w).as_vec()[0];
    array![
        [at(&top, theta), at(&top, psi)],
        [at(&bottom, theta), at(&bottom, psi)],
    ] // [2, 2]
}
// ANCHOR_END: jacobian

// ANCHOR: spectral
/// A vector brought to length 1; zeros stay zeros.
fn unit<E: Number, D: Device<E>>(x: Vector<E, D>) -> Vector<E, D> {
    let length = x.clone().square().sum().sqrt().as_vec()[0];
    x / length.max(E::min_positive_value())
}

/// Eq. 4.17: a step of power iteration, off the tape. From the `u` that was
/// kept, `[I]`, to the new one and its partner `v`, `[O]`.
pub fn power_step<E: Number, D: Device<E>>(
    w: &Matrix<E, D>,
    u: &Vector<E, D>,
) -> (Vector<E, D>, Vector<E, D>) {
    let v = unit(u.clone().matmul(w.clone())); // [O]
    let across = w.clone().permute::<(usize, usize), Axes2<1, 0>>();
    let u = unit(v.clone().matmul(across)); // [I]
    (u, v)
}

/// Eq. 4.17: `uᵀ W v`, on the tape of `W`: the sum of the elements of `W`,
/// each times its element of `u vᵀ`.
pub fn sigma<E: Number, D: Device<E>>(
    w: Taped<E, D>,
    u: &Vector<E, D>,
    v: &Vector<E, D>,
) -> Loss<E, D> {
    let (i, o) = *w.shape();
    let column = u.clone().reshape_like(&(i, 1)); // [I, 1]
    let row = v.clone().reshape_like(&(1, o)); // [1, O]
    (w * column.matmul(row)).sum()
}

/// Eq. 4.19: the weight over its norm; the tape differentiates both. `[I, O]`
pub fn normalised<E: Number, D: Device<E>>(
    w: Taped<E, D>,
    u: &Vector<E, D>,
    v: &Vector<E, D>,
) -> Taped<E, D> {
    let shape = *w.shape();
    let sigma = sigma(w.retaped::<OwnedTape<E, D>>(), u, v);
    w / sigma.broadcast_like(&shape) // [I, O]
}
// ANCHOR_END: spectral
