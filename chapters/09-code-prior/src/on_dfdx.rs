//! The same model on dfdx: only the forward passes are written. Every width
//! is a number known at run time, since a checkpoint decides it.

use dfdx::prelude::*;
use gradients::on_dfdx::{cross_entropy, linear};
use gradients::plain::{AdamConfig, Layer, Mlp, one_hot};
use lab::{array, column, tensor};
use ndarray::{Array2, NdFloat};

use crate::model::{self, PriorError};
use crate::plain::{EPS, flat, places, shift_right};

/// Rows, with the tape that knows how they came about.
pub type Rows<E, D> = Tensor<(usize, usize), E, D, OwnedTape<E, D>>;

/// A matrix of parameters.
pub type Matrix<E, D> = Tensor<(usize, usize), E, D>;

/// A vector of parameters.
pub type Vector<E, D> = Tensor<(usize,), E, D>;

/// What the numbers of both rooms are.
pub trait Number: Dtype + NdFloat {}

impl Number for f32 {}
impl Number for f64 {}

fn number<E: Dtype>(v: f64) -> E {
    E::from_f64(v).expect("f32 and f64 hold every f64, rounded")
}

/// Weights and biases of a linear layer.
pub type Linear<E, D> = (Matrix<E, D>, Vector<E, D>);

/// Gain and bias of a layer normalisation.
pub type Norm<E, D> = (Vector<E, D>, Vector<E, D>);

/// One block.
#[derive(Clone)]
pub struct Block<E: Number, D: Device<E>> {
    norm_1: Norm<E, D>,
    qkv: [Linear<E, D>; 3],
    out: Linear<E, D>,
    norm_2: Norm<E, D>,
    up: Linear<E, D>,
    down: Linear<E, D>,
}

/// The whole model.
#[derive(Clone)]
pub struct Prior<E: Number, D: Device<E>> {
    /// `[K + 1, W]`
    pub table: Matrix<E, D>,
    /// `[T, W]`
    pub positions: Matrix<E, D>,
    blocks: Vec<Block<E, D>>,
    norm: Norm<E, D>,
    head: Linear<E, D>,
    heads: usize,
}

// ANCHOR: embed
/// Eq. 9.3: a vector for what is known plus one for where. `[B·T, W]`
pub fn embed<E: Number, D: Device<E>>(
    table: &Matrix<E, D>,     // [K + 1, W]
    positions: &Matrix<E, D>, // [T, W]
    seen: &Array2<usize>,     // [B, T]
) -> Rows<E, D> {
    let (dev, n) = (table.device(), seen.len());
    let known = dev.tensor_from_vec(flat(seen), (n,)); // [B·T]
    let place = dev.tensor_from_vec(places(seen), (n,)); // [B·T]
    let x: Rows<E, D> = table.leaky_trace().gather(known);
    x + positions.leaky_trace().gather(place) // [B·T, W]
}
// ANCHOR_END: embed

// ANCHOR: norm
/// Eq. 9.4, then the gain and the bias. `[N, W]`
pub fn norm<E: Number, D: Device<E>>(
    x: Rows<E, D>,
    (gain, bias): &Norm<E, D>,
) -> Rows<E, D> {
    let shape = *x.shape();
    let x_hat = x.normalize::<Axis<1>>(EPS); // [N, W]
    let gain = gain.clone().broadcast_like::<_, Axis<0>>(&shape);
    let bias = bias.clone().broadcast_like::<_, Axis<0>>(&shape);
    x_hat * gain + bias
}
// ANCHOR_END: norm

// ANCHOR: heads
/// Eq. 9.6: `h` heads in each sequence of `t` places. What must not be seen
/// has its score lowered so far that its weight is exactly 0. `[B·T, W]`
pub fn heads<E: Number, D: Device<E>>(
    qkv: [Rows<E, D>; 3], // [B·T, W]
    (t, h): (usize, usize),
) -> Rows<E, D> {
    let shape = *qkv[0].shape();
    let (b, d) = (shape.0 / t, shape.1 / h);
    let [q, k, v] = qkv.map(|x| {
        let x = x.reshape_like(&(b, t, h, d));
        x.permute::<_, Axes4<0, 2, 1, 3>>() // [B, H, T, D]
    });
    let k = k.permute::<_, Axes4<0, 1, 3, 2>>(); // [B, H, D, T]
    let scale = number::<E>((d as f64).sqrt().recip());
    let s = q.matmul(k) * scale; // [B, H, T, T]
    let hidden = later(s.device(), t); // [T, T]
    let s_shape = *s.shape();
    let hidden = hidden.broadcast_like::<_, Axes2<0, 1>>(&s_shape);
    let p = (s + hidden).softmax::<Axis<3>>(); // [B, H, T, T]
    let y = p.matmul(v); // [B, H, T, D]
    let y = y.permute::<_, Axes4<0, 2, 1, 3>>(); // [B, T, H, D]
    y.reshape_like(&shape) // [B·T, W]
}

/// 0 where a place may look, -1e9 at all later ones. `[T, T]`
fn later<E: Number, D: Device<E>>(dev: &D, t: usize) -> Matrix<E, D> {
    let low = |(i, j)| number::<E>(if j > i { -1e9 } else { 0.0 });
    tensor(dev, &Array2::from_shape_fn((t, t), low), (t, t))
}
// ANCHOR_END: heads

fn apply<E: Number, D: Device<E>>(
    x: Rows<E, D>,
    (w, b): &Linear<E, D>,
) -> Rows<E, D> {
    linear(x, w.clone(), b.clone())
}

// ANCHOR: block
impl<E: Number, D: Device<E>> Block<E, D> {
    /// Eq. 9.9. Whatever is used twice gets a second, empty tape; the sum
    /// merges them again. `[B·T, W]`
    pub fn forward(
        &self,
        x: Rows<E, D>,
        shape: (usize, usize),
    ) -> Rows<E, D> {
        let a = norm(x.retaped::<OwnedTape<E, D>>(), &self.norm_1);
        let qkv = self.qkv.each_ref().map(|layer| {
            apply(a.retaped::<OwnedTape<E, D>>(), layer) // [B·T, W]
        });
        let [q, k, v] = qkv;
        let q = join(q, a);
        let x = x + apply(heads([q, k, v], shape), &self.out);
        let b = norm(x.retaped::<OwnedTape<E, D>>(), &self.norm_2);
        x + apply(apply(b, &self.up).relu(), &self.down)
    }
}

/// `x`, with the history of `from` added to its own.
fn join<E: Number, D: Device<E>>(
    x: Rows<E, D>,
    from: Rows<E, D>,
) -> Rows<E, D> {
    let (x, tape) = x.split_tape();
    let (_, history) = from.split_tape();
    x.put_tape(history.merge(tape))
}
// ANCHOR_END: block

// ANCHOR: loss
impl<E: Number, D: Device<E>> Prior<E, D> {
    /// From rows `[B·T, W]` to logits `[B·T, K]`.
    pub fn forward_rows(&self, x: Rows<E, D>) -> Rows<E, D> {
        let shape = (self.positions.shape().0, self.heads);
        let blocks = self.blocks.iter();
        let x = blocks.fold(x, |x, block| block.forward(x, shape));
        apply(norm(x, &self.norm), &self.head)
    }

    /// Eq. 9.11: the mean of `-ln p(c_i | c_<i)` over all places, in nats.
    pub fn loss(
        &self,
        codes: &Array2<usize>, // [B, T]
    ) -> Tensor<(), E, D, OwnedTape<E, D>> {
        let seen = shift_right(codes, self.head.1.shape().0); // [B, T]
        let x = embed(&self.table, &self.positions, &seen); // [B·T, W]
        let logits = self.forward_rows(x); // [B·T, K]
        let (dev, shape) = (self.table.device(), *logits.shape());
        let t = tensor(dev, &one_hot::<E>(&flat(codes), shape.1), shape);
        cross_entropy(logits, t)
    }
}
// ANCHOR_END: loss

impl<E: Number, D: Device<E>> Prior<E, D> {
    /// Copies the weights of the plain model.
    pub fn new(dev: &D, from: &model::Prior<E>) -> Self {
        let matrix = |a: &Array2<E>| tensor(dev, a, a.dim());
        let vector = |a: &ndarray::Array1<E>| tensor(dev, a, (a.len(),));
        let layer = |l: &Layer<E>| (matrix(&l.w), vector(&l.b));
        let norm = |n: &model::Norm<E>| (vector(&n.gain), vector(&n.bias));
        let block = |b: &model::Block<E>| Block {
            norm_1: norm(&b.norm_1),
            qkv: b.qkv.each_ref().map(layer),
            out: layer(&b.out),
            norm_2: norm(&b.norm_2),
            up: layer(&b.mlp.layers[0]),
            down: layer(&b.mlp.layers[1]),
        };
        Self {
            table: matrix(&from.table),
            positions: matrix(&from.positions),
            blocks: from.blocks.iter().map(block).collect(),
            norm: norm(&from.norm),
            head: layer(&from.head),
            heads: from.heads,
        }
    }

    /// The plain model with what `matrix` and `vector` make of these parameters.
    fn mapped(
        &self,
        matrix: impl Fn(&Matrix<E, D>) -> Array2<E>,
        vector: impl Fn(&Vector<E, D>) -> ndarray::Array1<E>,
    ) -> model::Prior<E> {
        use gradients::plain::Activation::{Identity, Relu};
        let layer = |(w, b): &Linear<E, D>, activation| Layer {
            w: matrix(w),
            b: vector(b),
            activation,
        };
        let norm = |(gain, bias): &Norm<E, D>| model::Norm {
            gain: vector(gain),
            bias: vector(bias),
        };
        let block = |b: &Block<E, D>| model::Block {
            norm_1: norm(&b.norm_1),
            qkv: b.qkv.each_ref().map(|l| layer(l, Identity)),
            out: layer(&b.out, Identity),
            norm_2: norm(&b.norm_2),
            mlp: Mlp {
                layers: vec![layer(&b.up, Relu), layer(&b.down, Identity)],
            },
        };
        model::Prior {
            table: matrix(&self.table),
            positions: matrix(&self.positions),
            blocks: self.blocks.iter().map(block).collect(),
            norm: norm(&self.norm),
            head: layer(&self.head, Identity),
            heads: self.heads,
        }
    }

    /// The plain model with these weights: what a checkpoint is made of.
    pub fn to_plain(&self) -> model::Prior<E> {
        self.mapped(|w| array(w), |b| column(b))
    }

    /// The gradient at every parameter, in the plain model's type.
    pub fn gradient(&self, d: &Gradients<E, D>) -> model::Prior<E> {
        self.mapped(|w| array(&d.get(w)), |b| column(&d.get(b)))
    }
}

// ANCHOR: train
/// Trains on batches of code maps `[B, T]`, each with its step size; gives
/// the loss before each step and the trained model. The tape finds the
/// gradients, on the device; chapter 0's Adam applies them, on the host.
///
/// # Errors
/// A code is not below K, or there are not T to an image.
pub fn train<E: Number, D: Device<E>>(
    dev: &D,
    from: &model::Prior<E>,
    config: AdamConfig,
    batches: impl IntoIterator<Item = (f64, Array2<usize>)>,
) -> Result<(Vec<E>, model::Prior<E>), PriorError> {
    let mut prior = from.clone();
    let mut adam = crate::training::Adam::new(&prior, config);
    let mut losses = Vec::new();
    for (lr, codes) in batches {
        prior.check(&codes)?;
        let here = Prior::new(dev, &prior);
        let loss = here.loss(&codes);
        losses.push(loss.as_vec()[0]);
        let d = here.gradient(&loss.backward());
        adam.config.lr = lr;
        adam.step(&mut prior, &d);
    }
    Ok((losses, prior))
}
// ANCHOR_END: train
