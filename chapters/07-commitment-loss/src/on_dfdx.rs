//! The same terms on dfdx. What a term must not move comes without a tape,
//! and that is part of its type.

mod quantizer;
mod stacks;
mod training;
pub mod vae;

use codebook_lookup::on_dfdx::{gather_chosen, nearest};
use dfdx::prelude::*;
use gradients::on_dfdx::{
    Adam, Loss, Matrix, Mlp, Number, Taped, gradients, mse, number,
};
use gradients::plain::AdamConfig;
use lab::rng_at;

pub use quantizer::{Ema, Quantizer};
pub use stacks::{Coded, Product, Residual};
pub use straight_through::on_dfdx::straight_through;
pub use training::Training;

use crate::plain::Reduction;
use crate::quantizer::Settings;

/// The mean over all elements, or C times that.
fn reduced<E: Number, D: Device<E>>(
    squares: Taped<E, D>, // [N, C]
    reduction: Reduction,
) -> Loss<E, D> {
    let c = squares.shape().1;
    match reduction {
        Reduction::Mean => squares.mean(),
        Reduction::SumOverComponents => {
            squares.mean() * number::<E>(c as f64)
        }
    }
}

// ANCHOR: stop
/// `sg`: the numbers of `x` under a name of their own. A tape knows a tensor
/// by its name, which a clone shares, with a tape or without.
pub fn stop_gradient<S: Shape, E: Number, D: Device<E>>(
    x: Tensor<S, E, D>,
) -> Tensor<S, E, D> {
    x * E::one()
}
// ANCHOR_END: stop

// ANCHOR: losses
/// Eq. 7.6: the codebook term. `z_e` has no tape: it stands still. The
/// codebook's gradient flows back through the product with `chosen`.
pub fn codebook_loss<E: Number, D: Device<E>>(
    z_e: Matrix<E, D>,     // [N, C]
    codebook: Taped<E, D>, // [K, C]
    chosen: Matrix<E, D>,  // [N, K]
    reduction: Reduction,
) -> Loss<E, D> {
    let e = gather_chosen(codebook, chosen); // [N, C]
    reduced((e - stop_gradient(z_e)).square(), reduction)
}

/// Eq. 7.8: the commitment term. Here `z_q` has no tape.
pub fn commitment_loss<E: Number, D: Device<E>>(
    z_e: Taped<E, D>,  // [N, C]
    z_q: Matrix<E, D>, // [N, C]
    beta: f64,
    reduction: Reduction,
) -> Loss<E, D> {
    let far = z_e - stop_gradient(z_q); // [N, C]
    reduced(far.square(), reduction) * number::<E>(beta)
}
// ANCHOR_END: losses

// ANCHOR: late
/// Eq. 7.19: the codebook term, handed the output of the straight-through
/// step in place of the codebook vectors.
pub fn late_codebook_loss<E: Number, D: Device<E>>(
    z_e: Taped<E, D>,  // [N, C]
    z_q: Matrix<E, D>, // [N, C]
    reduction: Reduction,
) -> Loss<E, D> {
    let still = stop_gradient(z_e.retaped::<NoneTape>()); // [N, C]
    let passed = straight_through(z_e, z_q); // [N, C]
    reduced((passed - still).square(), reduction)
}
// ANCHOR_END: late

// ANCHOR: terms
/// The three terms of Eq. 7.5, and what they were computed from.
pub struct Terms<E: Number, D: Device<E>> {
    /// Mean squared error of the pixels.
    pub reconstruction: Loss<E, D>,
    /// Eq. 7.6.
    pub codebook: Loss<E, D>,
    /// Eq. 7.8, β included.
    pub commitment: Loss<E, D>,
    /// `[B, C]`
    pub z_e: Matrix<E, D>,
    /// `[B, C]`
    pub z_q: Matrix<E, D>,
    /// A one in each row, at its code. `[B, K]`
    pub chosen: Matrix<E, D>,
}

/// Eq. 7.5 for patches `[B, 16]`. The commitment term has a tape of its own
/// that begins at `z_e`; to add the terms is to join their tapes.
pub fn terms<E: Number, D: Device<E>>(
    (encoder, decoder): (&Mlp<E, D>, &Mlp<E, D>),
    codebook: &Matrix<E, D>, // [K, C]
    settings: &Settings,
    x: Matrix<E, D>, // [B, 16]
) -> Terms<E, D> {
    let Settings { beta, reduction, .. } = *settings;
    let z_e = encoder.forward(x.leaky_trace()); // [B, C]
    let z = z_e.retaped::<NoneTape>(); // [B, C]
    let chosen = nearest(z.clone(), codebook); // [B, K]
    let z_q = gather_chosen(codebook.clone(), chosen.clone()); // [B, C]
    let (still, e) = (z.clone(), codebook.leaky_trace());
    let own = z_e.retaped(); // [B, C]
    let x_hat = decoder.forward(straight_through(z_e, z_q.clone()));
    Terms {
        reconstruction: mse(x_hat, x),
        codebook: codebook_loss(still, e, chosen.clone(), reduction),
        commitment: commitment_loss(own, z_q.clone(), beta, reduction),
        z_e: z,
        z_q,
        chosen,
    }
}
// ANCHOR_END: terms

/// The largest gradient of a loss, in absolute value, at encoder, codebook
/// and decoder; 0 where the tape never came by.
pub fn largest_gradients<E: Number, D: Device<E>>(
    (encoder, decoder): (&Mlp<E, D>, &Mlp<E, D>),
    codebook: &Matrix<E, D>,
    loss: Loss<E, D>,
) -> [E; 3] {
    let mut d = loss.backward();
    let size = |a: E, v: &E| a.max(v.abs());
    let room = "room for a gradient";
    d.try_alloc_for(codebook).expect(room);
    let at_codebook = d.get(codebook).as_vec().iter().fold(E::zero(), size);
    let mut of = |net: &Mlp<E, D>| {
        for layer in &net.layers {
            d.try_alloc_for(&layer.w).expect(room);
            d.try_alloc_for(&layer.b).expect(room);
        }
        gradients(net, &d).iter().flatten().fold(E::zero(), size)
    };
    [of(encoder), at_codebook, of(decoder)]
}

// ANCHOR: train
/// Trains all three on patches `[B, 16]`, each with an Adam of its own;
/// returns the sum of the terms before each step.
pub fn train<E: Number, D: Device<E>>(
    (encoder, decoder): (&mut Mlp<E, D>, &mut Mlp<E, D>),
    quantizer: &mut Quantizer<E, D>,
    config: AdamConfig,
    batches: impl IntoIterator<Item = Matrix<E, D>>,
) -> Vec<E> {
    let mut adams = [Adam::new(config), Adam::new(config)];
    let mut losses = Vec::new();
    for (n, x) in (0..).zip(batches) {
        let nets = (&*encoder, &*decoder);
        let of = terms(nets, quantizer.codebook(), quantizer.settings(), x);
        let loss = of.reconstruction + of.codebook + of.commitment;
        losses.push(loss.as_vec()[0]);
        let mut d = loss.backward();
        adams[0].step(encoder, &mut d);
        adams[1].step(decoder, &mut d);
        quantizer.learn(&of.z_e, &of.chosen, &mut rng_at(0, n));
    }
    losses
}
// ANCHOR_END: train
