//! The same model on dfdx: only the forward passes are written. Every width
//! is a number known at run time, since a checkpoint decides it.

pub mod pixelcnn;
mod sampling;
mod training;

use dfdx::prelude::*;
use gradients::on_dfdx::{
    Changed, Layer, Loss, Matrix, Mlp, Number, Parameter, Parameters, Seen,
    Vector, number,
};
use lab::tensor;
use ndarray::Array2;

pub use self::sampling::Cache;
pub use self::training::Training;
use crate::model::{self, nats_by_batch};
use crate::plain::{EPS, flat, shift_right_from, start_tokens};

// ANCHOR: tapes
/// What records how rows came about: a tape when a gradient is wanted, none
/// when not. Rows that are used twice have one tape each; a sum merges them.
pub trait Records<E: Number, D: Device<E>>:
    Tape<E, D> + Merge<Self> + Merge<NoneTape>
{
}

impl<E: Number, D: Device<E>> Records<E, D> for OwnedTape<E, D> {}
impl<E: Number, D: Device<E>> Records<E, D> for NoneTape {}
// ANCHOR_END: tapes

/// Codes on the device, a number for each place.
pub type Codes<D> = Tensor<(usize,), usize, D>;

// ANCHOR: embed
/// Eq. 9.3: a vector for what is known plus one for where. `[B·T, W]`
pub fn embed<E: Number, D: Device<E>, T: Records<E, D>>(
    table: Matrix<E, D, T>,     // [rows, W]
    positions: Matrix<E, D, T>, // [T, W]
    seen: &Array2<usize>,       // [B, T]
) -> Matrix<E, D, T> {
    let known = codes_on(table.device(), &flat(seen)); // [B·T]
    let shape = (seen.nrows(), seen.ncols(), table.shape().1);
    let x = table.gather(known).reshape_like(&shape); // [B, T, W]
    let x = x + positions.broadcast_like::<_, Axis<0>>(&shape);
    x.reshape_like(&(seen.len(), shape.2)) // [B·T, W]
}
// ANCHOR_END: embed

fn codes_on<E: Number, D: Device<E>>(dev: &D, codes: &[usize]) -> Codes<D> {
    dev.tensor_from_vec(codes.to_vec(), (codes.len(),))
}

// ANCHOR: norm
/// Eq. 9.4: each row with mean 0 and variance 1. `[N, W]`
pub fn normalise<E: Number, D: Device<E>, T: Records<E, D>>(
    x: Matrix<E, D, T>,
) -> Matrix<E, D, T> {
    x.normalize::<Axis<1>>(EPS)
}

/// A layer normalisation with a gain and a bias for each column.
#[derive(Clone, Debug)]
pub struct Norm<E: Number, D: Device<E>> {
    /// `[W]`
    pub gain: Vector<E, D>,
    /// `[W]`
    pub bias: Vector<E, D>,
}

impl<E: Number, D: Device<E>> Norm<E, D> {
    /// Copies that of the plain room.
    pub fn new(dev: &D, from: &model::Norm<E>) -> Self {
        let [gain, bias] =
            [&from.gain, &from.bias].map(|p| tensor(dev, p, (p.len(),)));
        Self { gain, bias }
    }

    /// Eq. 9.4, then the gain and the bias. `[N, W]`
    pub fn forward<T: Records<E, D>>(
        &self,
        x: Matrix<E, D, T>,
    ) -> Matrix<E, D, T> {
        let shape = *x.shape();
        let [gain, bias] = [&self.gain, &self.bias]
            .map(|p| p.clone().broadcast_like::<_, Axis<0>>(&shape));
        normalise(x) * gain + bias // [N, W]
    }
}
// ANCHOR_END: norm

// ANCHOR: heads
/// Eq. 9.6: `h` heads in each sequence of T places. What must not be seen
/// has its score lowered so far that its weight is exactly 0. `[B·T, W]`
pub fn heads<E: Number, D: Device<E>, T: Records<E, D>>(
    qkv: [Matrix<E, D, T>; 3], // [B·T, W]
    later: &Matrix<E, D>,      // [T, T]
    h: usize,
) -> Matrix<E, D, T> {
    let ((rows, w), t) = (*qkv[0].shape(), later.shape().0);
    let (b, d) = (rows / t, w / h);
    let [q, k, v] = qkv.map(|x| {
        let x = x.reshape_like(&(b, t, h, d));
        let x = x.permute::<_, Axes4<0, 2, 1, 3>>(); // [B, H, T, D]
        x.reshape_like(&(b * h, t, d)) // [B·H, T, D]
    });
    let s = q * number::<E>((d as f64).sqrt().recip()); // [B·H, T, D]
    let s = s.matmul(k.permute::<_, Axes3<0, 2, 1>>()); // [B·H, T, T]
    let later = later.clone().broadcast_like::<_, Axis<0>>(s.shape());
    let p = (s + later).softmax::<Axis<2>>(); // [B·H, T, T]
    let y = p.matmul(v).reshape_like(&(b, h, t, d)); // [B, H, T, D]
    let y = y.permute::<_, Axes4<0, 2, 1, 3>>(); // [B, T, H, D]
    y.reshape_like(&(rows, w)) // [B·T, W]
}

/// What is added to the scores of each place: 0 up to itself, -1e9 at all
/// later ones. `[T, T]`
pub fn later<E: Number, D: Device<E>>(dev: &D, t: usize) -> Matrix<E, D> {
    let low = |(i, j)| number::<E>(if j > i { -1e9 } else { 0.0 });
    tensor(dev, &Array2::from_shape_fn((t, t), low), (t, t))
}
// ANCHOR_END: heads

/// One block.
#[derive(Clone, Debug)]
pub struct Block<E: Number, D: Device<E>> {
    norm_1: Norm<E, D>,
    qkv: [Layer<E, D>; 3],
    out: Layer<E, D>,
    norm_2: Norm<E, D>,
    mlp: Mlp<E, D>,
}

/// The whole model.
#[derive(Clone, Debug)]
pub struct Prior<E: Number, D: Device<E>> {
    table: Matrix<E, D>,     // [K + 1 + classes, W]
    positions: Matrix<E, D>, // [T, W]
    blocks: Vec<Block<E, D>>,
    norm: Norm<E, D>,
    head: Layer<E, D>, // [W, K]
    heads: usize,
    later: Matrix<E, D>, // [T, T], not learnt
}

// ANCHOR: block
impl<E: Number, D: Device<E>> Block<E, D> {
    /// Eq. 9.9. Whatever is used twice gets a second, empty tape; the sum
    /// merges them again. `[B·T, W]`
    pub fn forward<T: Records<E, D>>(
        &self,
        x: Matrix<E, D, T>,
        later: &Matrix<E, D>, // [T, T]
        h: usize,
    ) -> Matrix<E, D, T> {
        let qkv = self.project(x.retaped::<T>()); // [B·T, W] each
        let x = x + self.out.forward(heads(qkv, later, h)); // [B·T, W]
        self.think(x)
    }

    /// Queries, keys and values. `[N, W]` each
    fn project<T: Records<E, D>>(
        &self,
        x: Matrix<E, D, T>,
    ) -> [Matrix<E, D, T>; 3] {
        let a = self.norm_1.forward(x); // [N, W]
        let [q, k, v] = &self.qkv;
        let k = k.forward(a.retaped::<T>());
        let v = v.forward(a.retaped::<T>());
        [q.forward(a), k, v] // the history of `a` goes with `q`
    }

    /// The second half, at each place alone. `[N, W]`
    fn think<T: Records<E, D>>(&self, x: Matrix<E, D, T>) -> Matrix<E, D, T> {
        let b = self.norm_2.forward(x.retaped::<T>()); // [N, W]
        x + self.mlp.forward(b)
    }
}
// ANCHOR_END: block

// ANCHOR: loss
/// The nats that each code costs, `-ln p(c_i | c_<i)`. `[B·T]`
pub fn nats_by_place<E: Number, D: Device<E>, T: Records<E, D>>(
    logits: Matrix<E, D, T>, // [B·T, K]
    codes: &Array2<usize>,   // [B, T]
) -> Tensor<(usize,), E, D, T> {
    let codes = codes_on(logits.device(), &flat(codes)); // [B·T]
    logits.log_softmax::<Axis<1>>().select(codes).negate()
}

impl<E: Number, D: Device<E>> Prior<E, D> {
    /// From rows `[B·T, W]` to logits `[B·T, K]`.
    pub fn forward_rows<T: Records<E, D>>(
        &self,
        x: Matrix<E, D, T>,
    ) -> Matrix<E, D, T> {
        let x = self.blocks.iter().fold(x, |x, block| {
            block.forward(x, &self.later, self.heads) // [B·T, W]
        });
        self.head.forward(self.norm.forward(x))
    }

    /// Eq. 9.11: the mean over all places of `-ln p(c_i | c_<i)`, in nats,
    /// given what is `seen` at each place.
    pub fn loss(
        &self,
        seen: &Array2<usize>,  // [B, T]
        codes: &Array2<usize>, // [B, T]
    ) -> Loss<E, D> {
        let tables = [&self.table, &self.positions];
        let [table, positions] = tables.map(|p| p.leaky_trace());
        let x = embed(table, positions, seen); // [B·T, W]
        nats_by_place(self.forward_rows(x), codes).mean()
    }

    /// The same with its gradient, which the tape finds.
    pub fn learn(
        &self,
        seen: &Array2<usize>,  // [B, T]
        codes: &Array2<usize>, // [B, T]
    ) -> (Tensor<(), E, D>, Gradients<E, D>) {
        let (loss, tape) = self.loss(seen, codes).split_tape();
        let d = loss.clone().put_tape(tape).backward();
        (loss, d)
    }
}
// ANCHOR_END: loss

impl<E: Number, D: Device<E>> Prior<E, D> {
    /// The nats that each code costs when the class is not known. `[N, T]`
    pub fn nats(&self, codes: &Array2<usize>) -> Array2<f64> {
        self.nats_given(codes, &vec![None; codes.nrows()])
    }

    /// The same for images of known classes, or of some. `[N, T]`
    ///
    /// # Panics
    /// There is not a class, or none, for each image.
    pub fn nats_given(
        &self,
        codes: &Array2<usize>,     // [N, T]
        classes: &[Option<usize>], // [N]
    ) -> Array2<f64> {
        let k = self.head.b.shape().0;
        nats_by_batch(codes, |from, codes| {
            let tables = (self.table.clone(), self.positions.clone());
            let classes = &classes[from..from + codes.nrows()]; // [BATCH]
            let starts = start_tokens(classes, k); // [BATCH]
            let seen = shift_right_from(codes, &starts); // [BATCH, T]
            let x = embed(tables.0, tables.1, &seen); // [BATCH·T, W]
            let nats = nats_by_place(self.forward_rows(x), codes);
            let nats = nats.as_vec().into_iter();
            let nats = nats.map(|v| v.to_f64().expect("a float"));
            Array2::from_shape_vec(codes.dim(), nats.collect())
                .expect("one for each code")
        })
    }

    /// Copies a model of the plain room.
    pub fn new(dev: &D, from: &model::Prior<E>) -> Self {
        let block = |b: &model::Block<E>| Block {
            norm_1: Norm::new(dev, &b.norm_1),
            qkv: b.qkv.each_ref().map(|l| Layer::new(dev, l)),
            out: Layer::new(dev, &b.out),
            norm_2: Norm::new(dev, &b.norm_2),
            mlp: Mlp::new(dev, &b.mlp),
        };
        Self {
            table: tensor(dev, &from.table, from.table.dim()),
            positions: tensor(dev, &from.positions, from.positions.dim()),
            blocks: from.blocks.iter().map(block).collect(),
            norm: Norm::new(dev, &from.norm),
            head: Layer::new(dev, &from.head),
            heads: from.heads,
            later: later(dev, from.places()),
        }
    }
}

/// The parameters of a model, looked at or to be changed, in the plain room's order.
macro_rules! in_order {
    ($model:expr, $iter:ident, $mlp:ident, $($borrow:tt)+) => {{
        let mut all = vec![
            Parameter::Matrix($($borrow)+ $model.table),
            Parameter::Matrix($($borrow)+ $model.positions),
        ];
        for block in $model.blocks.$iter() {
            all.push(Parameter::Vector($($borrow)+ block.norm_1.gain));
            all.push(Parameter::Vector($($borrow)+ block.norm_1.bias));
            for layer in block.qkv.$iter() {
                all.push(Parameter::Matrix($($borrow)+ layer.w));
                all.push(Parameter::Vector($($borrow)+ layer.b));
            }
            all.push(Parameter::Matrix($($borrow)+ block.out.w));
            all.push(Parameter::Vector($($borrow)+ block.out.b));
            all.push(Parameter::Vector($($borrow)+ block.norm_2.gain));
            all.push(Parameter::Vector($($borrow)+ block.norm_2.bias));
            all.extend(block.mlp.$mlp());
        }
        all.push(Parameter::Vector($($borrow)+ $model.norm.gain));
        all.push(Parameter::Vector($($borrow)+ $model.norm.bias));
        all.push(Parameter::Matrix($($borrow)+ $model.head.w));
        all.push(Parameter::Vector($($borrow)+ $model.head.b));
        all
    }};
}

impl<E: Number, D: Device<E>> Parameters<E, D> for Prior<E, D> {
    fn parameters(&self) -> Vec<Seen<'_, E, D>> {
        in_order!(self, iter, parameters, &)
    }

    fn parameters_mut(&mut self) -> Vec<Changed<'_, E, D>> {
        in_order!(self, iter_mut, parameters_mut, &mut)
    }
}
