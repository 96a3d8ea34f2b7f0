//! The same network and the same step on dfdx. A convolution is made of
//! products; the tape finds its gradient.

mod rate;
mod training;

use codebook_lookup::on_dfdx::gather_chosen;
use commitment_loss::on_dfdx::{commitment_loss, straight_through};
use commitment_loss::quantizer::Settings;
use dfdx::nn::modules;
use dfdx::prelude::*;
use gradients::on_dfdx::{
    Layer, Loss, Matrix, Mlp, Number, linear, mse, number,
};
use lab::tensor;
use ndarray::Array3;

pub use rate::{Prices, cheapest, choose};
pub use training::Training;

use crate::plain::{IMAGE, neighbours};

// ANCHOR: types
/// Encoder and decoder of the page as a type: 1 × 1 from 16 channels to 64,
/// three times 3 × 3 from the 576 numbers around a place, 1 × 1 to 16.
pub type TypedHalf<D> = (
    modules::Linear<16, 64, f32, D>,
    modules::Repeated<modules::Linear<576, 64, f32, D>, 3>,
    modules::Linear<64, 16, f32, D>,
);
// ANCHOR_END: types

// ANCHOR: depth
/// Eq. 8.1: images `[B, 784]` as grids of patches. Two reshapes and a
/// permutation. `[B·S², size²]`
pub fn space_to_depth<E: Number, D: Device<E>, T: Tape<E, D>>(
    x: Matrix<E, D, T>, // [B, 784]
    size: usize,
) -> Matrix<E, D, T> {
    let (b, side) = (x.shape().0, IMAGE / size);
    let cut = x.reshape_like(&(b, side, size, side, size));
    let cut = cut.permute::<_, Axes5<0, 1, 3, 2, 4>>(); // [B, S, S, p, p]
    cut.reshape_like(&(b * side * side, size * size)) // [B·S², size²]
}

/// Its inverse. `[B, 784]`
pub fn depth_to_space<E: Number, D: Device<E>, T: Tape<E, D>>(
    rows: Matrix<E, D, T>, // [B·S², size²]
) -> Matrix<E, D, T> {
    let (n, size) = (rows.shape().0, rows.shape().1.isqrt());
    let side = IMAGE / size;
    let b = n / (side * side);
    let cut = rows.reshape_like(&(b, side, side, size, size));
    let cut = cut.permute::<_, Axes5<0, 1, 3, 2, 4>>(); // [B, S, p, S, p]
    cut.reshape_like(&(b, IMAGE * IMAGE)) // [B, 784]
}
// ANCHOR_END: depth

// ANCHOR: im2col
/// Eq. 8.2: a row of zeros is put at the end, and whatever lies beyond the
/// edge is gathered from there. `[M, 9C]`
pub fn im2col<E: Number, D: Device<E>, T: Tape<E, D>>(
    x: Matrix<E, D, T>, // [M, C]
    side: usize,
) -> Matrix<E, D, T> {
    let ((rows, c), dev) = (*x.shape(), x.device().clone());
    let places = (0..rows).flat_map(|n| neighbours(n, side));
    let places = places.map(|m| m.unwrap_or(rows)).collect();
    let places = dev.tensor_from_vec(places, (9 * rows,)); // [9M]
    let zeros: Matrix<E, D> = dev.zeros_like(&(1, c));
    let padded = (x, zeros).concat_along(Axis::<0>); // [M + 1, C]
    let taps: Matrix<E, D, T> = padded.gather(places); // [9M, C]
    taps.reshape_like(&(rows, 9 * c)) // [M, 9C]
}
// ANCHOR_END: im2col

// ANCHOR: around
type Picks<E, D> = Tensor<(usize, usize, usize), E, D>;

/// Where neighbours are, as matrices of zeros and ones.
#[derive(Clone, Debug)]
pub struct Around<E: Number, D: Device<E>> {
    /// Of places in a line: the one before, the place itself, the one after.
    across: Picks<E, D>, // [B·S, 3S, S]
    above: Picks<E, D>, // of lines, [B, S, S]
    below: Picks<E, D>, // [B, S, S]
}

impl<E: Number, D: Device<E>> Around<E, D> {
    /// For batches of `b` grids of `side` × `side`.
    pub fn new(dev: &D, b: usize, side: usize) -> Self {
        // Row n picks number n / each + n % each - back, if there is one.
        let picks = |count, each: usize, back: usize| {
            let one = |(_, n, m)| n / each + n % each == m + back;
            let shape = (count, each * side, side);
            let picks = Array3::from_shape_fn(shape, |at| match one(at) {
                true => E::one(),
                false => E::zero(),
            });
            tensor(dev, &picks, shape)
        };
        let across = picks(b * side, 3, 1);
        let above = picks(b, 1, 1);
        let below = above.clone().permute::<_, Axes3<0, 2, 1>>().contiguous();
        Self { across, above, below }
    }
}

/// Eq. 8.3, by products alone. Neighbours in a line are put side by side;
/// what each line of weights makes of them moves to the line it is for.
pub fn conv<E: Number, D: Device<E>, T: Tape<E, D>>(
    x: Matrix<E, D, T>,  // [M, C]
    layer: &Layer<E, D>, // [9C, O], [O]
    Around { across, above, below }: &Around<E, D>,
) -> Matrix<E, D, T> {
    let ((b, side, _), (m, c)) = (*above.shape(), *x.shape());
    let (dev, o) = (x.device().clone(), layer.b.shape().0);
    let (x, tape) = x.reshape_like(&(b * side, side, c)).split_tape();
    let threes = across.clone().put_tape(tape).matmul(x); // [B·S, 3S, C]
    let (threes, tape) = threes.reshape_like(&(m, 3 * c)).split_tape();
    let of_line = |n: usize, tape: T| {
        let w = layer.w.retaped::<T>().reshape_like(&(3, 3 * c, o));
        let w = w.select(dev.tensor_from_vec(vec![n], ())); // [3C, O]
        threes.clone().put_tape(tape).matmul(w) // [M, O]
    };
    let moved = |n, lines: &Picks<E, D>| {
        let y = of_line(n, T::default()).reshape_like(&(b, side, side * o));
        let (y, tape) = y.split_tape(); // [B, S, S·O]
        let y = lines.clone().put_tape(tape).matmul(y); // [B, S, S·O]
        y.reshape_like(&(m, o)) // [M, O]
    };
    let y = of_line(1, tape) + moved(0, above) + moved(2, below); // [M, O]
    y + layer.b.clone().broadcast_like::<_, Axis<0>>(&(m, o))
}
// ANCHOR_END: around

// ANCHOR: half
/// Eq. 8.5. A tensor may begin a second tape: the sum joins the two, and
/// both ways lead back to the same `h`. `[M, O]`
pub fn half<E: Number, D: Device<E>, T: Tape<E, D>>(
    net: &Mlp<E, D>,
    x: Matrix<E, D, T>, // [M, I]
    around: &Around<E, D>,
) -> Matrix<E, D, T> {
    let [first, blocks @ .., last] = &net.layers[..] else {
        panic!("a half has a first layer and a last");
    };
    let mut h = linear(x, first.w.clone(), first.b.clone()); // [M, C]
    for block in blocks {
        let a = h.retaped::<T>().relu(); // [M, C]
        h = conv(a, block, around) + h; // [M, C]
    }
    last.forward(h.relu()) // [M, O]
}
// ANCHOR_END: half

// ANCHOR: terms
/// The loss of one step, its two terms, and what its codebook learns from.
pub struct Terms<E: Number, D: Device<E>> {
    /// Reconstruction and commitment, Eq. 8.7.
    pub loss: Loss<E, D>,
    /// Squared error over variance.
    pub reconstruction: Tensor<(), E, D>,
    /// β included.
    pub commitment: Tensor<(), E, D>,
    /// What was looked up. `[M, D]`
    pub z_e: Matrix<E, D>,
    /// What was found. `[M, D]`
    pub z_q: Matrix<E, D>,
    /// A one in each row, at its code. `[M, K]`
    pub chosen: Matrix<E, D>,
}

/// Eq. 8.7: both terms that move encoder and decoder, for images that are
/// rows of patches.
pub fn terms<E: Number, D: Device<E>>(
    (encoder, decoder): (&Mlp<E, D>, &Mlp<E, D>),
    (codebook, settings): (&Matrix<E, D>, &Settings),
    prices: Option<&Matrix<E, D>>, // [S², K]
    x: Matrix<E, D>,               // [M, patch²]
    (around, variance): (&Around<E, D>, f64),
) -> Terms<E, D> {
    let Settings { beta, reduction, .. } = *settings;
    let z_e = half(encoder, x.leaky_trace(), around); // [M, D]
    let z = z_e.retaped::<NoneTape>(); // [M, D]
    let chosen = choose(z.clone(), codebook, prices); // [M, K]
    let z_q = gather_chosen(codebook.clone(), chosen.clone()); // [M, D]
    let (own, q, kept) = (z_e.retaped(), z_q.clone(), z_q.clone());
    let commitment = commitment_loss(own, q, beta, reduction);
    let passed = straight_through(z_e, z_q); // [M, D]
    let scale = number::<E>(1.0 / variance);
    let reconstruction = mse(half(decoder, passed, around), x) * scale;
    Terms {
        reconstruction: reconstruction.retaped(),
        commitment: commitment.retaped(),
        loss: reconstruction + commitment,
        z_e: z,
        z_q: kept,
        chosen,
    }
}
// ANCHOR_END: terms
