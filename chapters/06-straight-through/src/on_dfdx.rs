//! The same steps on dfdx. What must have no gradient is computed off the
//! tape; the types say which.

use dfdx::prelude::*;

// ANCHOR: straight-through
/// Eq. 6.2: `z_q` going forward, the identity going back. The bracket has
/// no tape, so nothing in it can have a gradient.
pub fn straight_through<S: Shape, E: Dtype, D: Device<E>, T>(
    z_e: Tensor<S, E, D, T>,
    z_q: Tensor<S, E, D>,
) -> Tensor<S, E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let (z_e, tape) = z_e.split_tape();
    let bracket = z_q - z_e.clone();
    z_e.put_tape(tape) + bracket
}
// ANCHOR_END: straight-through

// ANCHOR: unstopped
/// The same with the stop forgotten: the bracket is on the tape. The value
/// is right, and the two gradients at `z_e` cancel.
pub fn unstopped<S: Shape, E: Dtype, D: Device<E>, T>(
    z_e: Tensor<S, E, D, T>,
    z_q: Tensor<S, E, D>,
) -> Tensor<S, E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let (z_e, tape) = z_e.split_tape();
    let bracket = z_e.clone().put_tape(tape).negate() + z_q;
    let (bracket, tape) = bracket.split_tape();
    z_e.put_tape(tape) + bracket
}
// ANCHOR_END: unstopped

// ANCHOR: smoothed
/// Eq. 6.4: the loss of each latent averaged over Gaussian noise before the
/// lookup. `[N]`. A softmax does not see what all places share, `‖z‖²`.
pub fn smoothed_loss<N: Dim, M: Dim, C: Dim, E: Dtype, D: Device<E>, T>(
    z: Tensor<(N, C), E, D, T>,
    s: f64,
    places: Tensor<(M, C), E, D>,
    losses: Tensor<(M,), E, D>,
) -> Tensor<(N,), E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let shape = (z.shape().0, places.shape().0);
    let number = |v: f64| E::from_f64(v).expect("a number");
    let squares = places.clone().square();
    let half = squares.sum::<_, Axis<1>>() * number(0.5); // [M]
    let dots = z.matmul(places.permute()); // [N, M]
    let logits = dots - half.broadcast_like(&shape); // [N, M]
    let w = (logits * number(1.0 / (s * s))).softmax::<Axis<1>>(); // [N, M]
    (w * losses.broadcast_like(&shape)).sum::<_, Axis<1>>() // [N]
}
// ANCHOR_END: smoothed

// ANCHOR: gumbel
/// Eq. 6.8: a mixture of the codes at a temperature. The tape of `z` also
/// finds the codebook's gradient. `[N, C]`
pub fn gumbel_softmax<N: Dim, K: Dim, C: Dim, E: Dtype, D: Device<E>, T>(
    z: Tensor<(N, C), E, D, T>,
    codebook: Tensor<(K, C), E, D>,
    noise: Tensor<(N, K), E, D>,
    temperature: f64,
) -> Tensor<(N, C), E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let number = |v: f64| E::from_f64(v).expect("a number");
    let (z, tape) = z.split_tape();
    let norms = codebook.clone().put_tape(tape).square();
    let (norms, tape) = norms.sum::<_, Axis<1>>().split_tape(); // [K]
    let dots = z.put_tape(tape).matmul(codebook.clone().permute()); // [N, K]
    let (logits, tape) = (dots * number(2.0) + noise).split_tape(); // [N, K]
    let norms = norms.put_tape(tape).broadcast_like(&logits); // [N, K]
    let logits = norms.negate() + logits; // [N, K]
    let p = (logits / number(temperature)).softmax::<Axis<1>>(); // [N, K]
    p.matmul(codebook) // [N, C]
}
// ANCHOR_END: gumbel

// ANCHOR: rotation
/// Eq. 6.10: the turn is computed off the tape, and only `z_e` that it acts
/// on is on it. Every row of both must have a direction, and not the
/// opposite one. `[N, C]`
pub fn rotation<N: Dim, C: Dim, E: Dtype, D: Device<E>, T>(
    z_e: Tensor<(N, C), E, D, T>,
    z_q: Tensor<(N, C), E, D>,
) -> Tensor<(N, C), E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    type Rows<N, C, E, D> = Tensor<(N, C), E, D>;
    let two = E::from_f64(2.0).expect("a number");
    let (z, tape) = z_e.split_tape();
    let shape = *z.shape();
    let long = |v: &Rows<N, C, E, D>| {
        let squares = v.clone().square().sum::<_, Axis<1>>(); // [N]
        squares.sqrt().broadcast_like::<_, Axis<1>>(&shape) // [N, C]
    };
    let direction = |v: Rows<N, C, E, D>| v.clone() / long(&v);
    let scale = long(&z_q) / long(&z); // [N, C]
    let (to, from) = (direction(z_q), direction(z.clone())); // [N, C]
    let half = direction(to.clone() + from.clone()); // [N, C]

    let along = |v: Rows<N, C, E, D>, tape| {
        let dots = (z.clone().put_tape(tape) * v).sum::<_, Axis<1>>(); // [N]
        (dots * two).broadcast_like::<_, Axis<1>>(&shape).split_tape()
    };
    let (on_half, tape) = along(half.clone(), tape); // [N, C]
    let (on_from, tape) = along(from, tape); // [N, C]
    let (add, tape) = (on_from.put_tape(tape) * to).split_tape();
    let (less, tape) = (on_half.put_tape(tape) * half).split_tape();
    let (add, tape) = (add.put_tape(tape) - less).split_tape();
    (z.put_tape(tape) + add) * scale // [N, C]
}
// ANCHOR_END: rotation

// ANCHOR: fsq
/// Eq. 6.12: straight-through after a squeeze; `z_q` are the rounded values,
/// from whoever rounds.
pub fn finite_scalar<S: Shape, E: Dtype, D: Device<E>, T>(
    z: Tensor<S, E, D, T>,
    z_q: Tensor<S, E, D>,
) -> Tensor<S, E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    straight_through(z.tanh(), z_q)
}
// ANCHOR_END: fsq
