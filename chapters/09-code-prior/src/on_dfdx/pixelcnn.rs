//! The PixelCNN on dfdx: only the forward pass is written.

mod training;

use dfdx::prelude::*;
use gradients::on_dfdx::{
    Changed, Layer, Loss, Matrix, Mlp, Number, Parameter, Parameters, Seen,
};
use lab::tensor;
use ndarray::Array2;
use vq_vae::on_dfdx::im2col;

pub use self::training::Training;
use super::{Records, embed, nats_by_place};
use crate::model::nats_by_batch;
use crate::pixelcnn::{self, Mask};

// ANCHOR: mask
/// Eq. 9.20: the mask is a matrix of ones and zeros that multiplies the
/// weights, and the tape multiplies their gradient by it. `[M, O]`
pub fn masked_conv<E: Number, D: Device<E>, T: Records<E, D>>(
    x: Matrix<E, D, T>, // [M, C]
    layer: &Layer<E, D>,
    mask: &Matrix<E, D>, // [9C, O]
    side: usize,
) -> Matrix<E, D, T> {
    let w = layer.w.retaped::<T>() * mask.clone(); // [9C, O]
    let y = im2col(x, side).matmul(w); // [M, O]
    let shape = *y.shape();
    y + layer.b.clone().broadcast_like::<_, Axis<0>>(&shape)
}
// ANCHOR_END: mask

/// Ones where a kernel may look. `[9C, O]`
pub fn ones<E: Number, D: Device<E>>(
    dev: &D,
    mask: Mask,
    shape: (usize, usize),
) -> Matrix<E, D> {
    tensor(dev, &mask.of(&Array2::from_elem(shape, E::one())), shape)
}

/// A PixelCNN over code maps.
#[derive(Clone, Debug)]
pub struct PixelCnn<E: Number, D: Device<E>> {
    table: Matrix<E, D>,     // [K, C]
    positions: Matrix<E, D>, // [T, C]
    net: Mlp<E, D>,
    first: Matrix<E, D>, // [9C, C], not learnt
    later: Matrix<E, D>, // [9C, C], not learnt
    side: usize,
}

impl<E: Number, D: Device<E>> PixelCnn<E, D> {
    /// Copies a model of the plain room.
    pub fn new(dev: &D, from: &pixelcnn::PixelCnn<E>) -> Self {
        let c = from.table.ncols();
        let shape = (9 * c, c);
        Self {
            table: tensor(dev, &from.table, from.table.dim()),
            positions: tensor(dev, &from.positions, from.positions.dim()),
            net: Mlp::new(dev, &from.net),
            first: ones(dev, from.first, shape),
            later: ones(dev, Mask::B, shape),
            side: from.places().isqrt(),
        }
    }

    // ANCHOR: rows
    /// Eq. 9.21: from embedded codes `[M, C]` to logits `[M, K]`.
    pub fn forward_rows<T: Records<E, D>>(
        &self,
        x: Matrix<E, D, T>,
    ) -> Matrix<E, D, T> {
        let [first, blocks @ .., last] = &self.net.layers[..] else {
            panic!("a PixelCNN has a first layer and a last");
        };
        let mut h = masked_conv(x, first, &self.first, self.side); // [M, C]
        for block in blocks {
            let a = h.retaped::<T>().relu(); // [M, C]
            h = masked_conv(a, block, &self.later, self.side) + h;
        }
        last.forward(h.relu()) // [M, K]
    }
    // ANCHOR_END: rows

    /// Eq. 9.11: the mean over all places, in nats.
    pub fn loss(&self, codes: &Array2<usize>) -> Loss<E, D> {
        let tables = [&self.table, &self.positions];
        let [table, positions] = tables.map(|p| p.leaky_trace());
        let x = embed(table, positions, codes); // [B·T, C]
        nats_by_place(self.forward_rows(x), codes).mean()
    }

    /// The same with its gradient, which the tape finds.
    pub fn learn(
        &self,
        codes: &Array2<usize>, // [B, T]
    ) -> (Tensor<(), E, D>, Gradients<E, D>) {
        let (loss, tape) = self.loss(codes).split_tape();
        let d = loss.clone().put_tape(tape).backward();
        (loss, d)
    }

    /// The nats that each code costs. `[N, T]`
    pub fn nats(&self, codes: &Array2<usize>) -> Array2<f64> {
        nats_by_batch(codes, |_, codes| {
            let tables = (self.table.clone(), self.positions.clone());
            let x = embed(tables.0, tables.1, codes); // [BATCH·T, C]
            let nats = nats_by_place(self.forward_rows(x), codes);
            let nats = nats.as_vec().into_iter();
            let nats = nats.map(|v| v.to_f64().expect("a float"));
            Array2::from_shape_vec(codes.dim(), nats.collect())
                .expect("one for each code")
        })
    }
}

impl<E: Number, D: Device<E>> Parameters<E, D> for PixelCnn<E, D> {
    fn parameters(&self) -> Vec<Seen<'_, E, D>> {
        let tables = [&self.table, &self.positions];
        let tables = tables.into_iter().map(Parameter::Matrix);
        tables.chain(self.net.parameters()).collect()
    }

    fn parameters_mut(&mut self) -> Vec<Changed<'_, E, D>> {
        let tables = [&mut self.table, &mut self.positions];
        let tables = tables.into_iter().map(Parameter::Matrix);
        tables.chain(self.net.parameters_mut()).collect()
    }
}
