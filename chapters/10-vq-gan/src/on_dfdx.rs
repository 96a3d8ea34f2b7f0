//! The same on dfdx. The tape finds every gradient; it is asked for the one
//! at the reconstruction twice, for the weight between the two answers.

mod training;

use codebook_lookup::on_dfdx::gather_chosen;
use commitment_loss::on_dfdx::{commitment_loss, straight_through};
use commitment_loss::quantizer::Settings;
use dfdx::prelude::*;
use gradients::on_dfdx::{
    Changed, Loss, Matrix, Mlp, Number, Parameters, Seen, Taped, arrays,
    linear, mse, number,
};
use minimax_loss::on_dfdx::g_loss_non_saturating;
use stability::on_dfdx::net::Net;
use vq_vae::on_dfdx::{Around, choose, conv, half};

pub use training::Training;

use crate::plain::{self, Balance, Form, Of};

// ANCHOR: depth
/// Eq. 10.1: pictures `[B, H·W·C]` as grids of patches. `[B·S², patch²·C]`
pub fn space_to_depth<E: Number, D: Device<E>, T: Tape<E, D>>(
    x: Matrix<E, D, T>, // [B, H·W·C]
    Form { side, channels }: Form,
    patch: usize,
) -> Matrix<E, D, T> {
    let (b, grid, line) = (x.shape().0, side / patch, patch * channels);
    let cut = x.reshape_like(&(b, grid, patch, grid, line));
    let cut = cut.permute::<_, Axes5<0, 1, 3, 2, 4>>(); // [B, S, S, p, p·C]
    cut.reshape_like(&(b * grid * grid, patch * line)) // [B·S², p²·C]
}

/// Its inverse. `[B, H·W·C]`
pub fn depth_to_space<E: Number, D: Device<E>, T: Tape<E, D>>(
    rows: Matrix<E, D, T>, // [B·S², patch²·C]
    Form { side, channels }: Form,
    patch: usize,
) -> Matrix<E, D, T> {
    let (grid, line) = (side / patch, patch * channels);
    let b = rows.shape().0 / (grid * grid);
    let cut = rows.reshape_like(&(b, grid, grid, patch, line));
    let cut = cut.permute::<_, Axes5<0, 1, 3, 2, 4>>(); // [B, S, p, S, p·C]
    cut.reshape_like(&(b, side * side * channels)) // [B, H·W·C]
}
// ANCHOR_END: depth

// ANCHOR: perceptual
/// A network that has learnt to tell pictures apart, as a ruler.
#[derive(Clone, Debug)]
pub struct Perception<E: Number, D: Device<E>> {
    net: Net<E, D>,
    scales: Vec<E>, // [L]
}

impl<E: Number, D: Device<E>> Perception<E, D> {
    /// Copies that of the plain room.
    pub fn new(dev: &D, from: &plain::Perception<E>) -> Self {
        let (net, scales) = (Net::new(dev, &from.net), from.scales.clone());
        Self { net, scales }
    }

    /// Eq. 10.2: the mean squared difference of the features of two batches,
    /// each layer's over its scale, and the mean over layers.
    pub fn distance(
        &self,
        mut x: Matrix<E, D>, // [B, H·W·C]
        mut y: Taped<E, D>,  // [B, H·W·C]
    ) -> Loss<E, D> {
        let layers = number::<E>(self.scales.len() as f64);
        let mut distance = x.device().zeros().leaky_traced();
        for (layer, scale) in self.net.layers.iter().zip(&self.scales) {
            (x, y) = (layer.forward(x), layer.forward(y)); // [B, O]
            let share = scale.max(E::min_positive_value()) * layers;
            let on = y.retaped(); // a tape that begins here, to be joined
            distance = distance + mse(y, x.clone()) / share;
            y = on; // [B, O]
        }
        distance
    }
}
// ANCHOR_END: perceptual

// ANCHOR: opinion
/// Eq. 10.4: what a discriminator says of each patch of a batch, as a loss
/// of the decoder (eq. 1.9).
pub fn opinion<E: Number, D: Device<E>>(
    d: &Net<E, D>,
    x_hat: Taped<E, D>, // [B, H·W·C]
) -> Loss<E, D> {
    g_loss_non_saturating(d.forward(x_hat)) // of [B, P]
}
// ANCHOR_END: opinion

// ANCHOR: coder
/// An encoder or a decoder: chapter 8's half on the grid of codes, and what
/// stands between the grid and the pixels.
#[derive(Clone, Debug)]
pub struct Coder<E: Number, D: Device<E>> {
    /// On the grid.
    pub half: Mlp<E, D>,
    /// Between grid and pixels.
    pub end: Net<E, D>,
}

impl<E: Number, D: Device<E>> Coder<E, D> {
    /// From pictures `[B, H·W·C]` to latents. `[N, D]`
    pub fn encode<T>(
        &self,
        x: Matrix<E, D, T>, // [B, H·W·C]
        (form, patch): Of,
        around: &Around<E, D>,
    ) -> Matrix<E, D, T>
    where
        T: Tape<E, D> + Merge<NoneTape> + Merge<T>,
    {
        let rows = x.shape().0 * (form.side / patch).pow(2);
        let rows = match self.end.layers.is_empty() {
            true => space_to_depth(x, form, patch), // [N, patch²·C]
            false => in_rows(self.end.forward(x), rows), // [N, C]
        };
        half(&self.half, rows, around) // [N, D]
    }

    /// From latents `[N, D]` to pictures. `[B, H·W·C]`
    pub fn decode<T>(
        &self,
        z: Matrix<E, D, T>, // [N, D]
        of: Of,
        around: &Around<E, D>,
    ) -> Matrix<E, D, T>
    where
        T: Tape<E, D> + Merge<NoneTape> + Merge<T>,
    {
        self.last_layer(self.before_last(z, of, around), of)
    }

    /// What goes into the decoder's last layer: `[N, C]` where that is the
    /// last one of its half, else a row for each picture.
    pub fn before_last<T>(
        &self,
        z: Matrix<E, D, T>, // [N, D]
        (form, patch): Of,
        around: &Around<E, D>,
    ) -> Matrix<E, D, T>
    where
        T: Tape<E, D> + Merge<NoneTape> + Merge<T>,
    {
        let pictures = z.shape().0 / (form.side / patch).pow(2);
        match &self.end.layers[..] {
            [] => trunk(&self.half, z, around), // [N, C]
            [layers @ .., _] => {
                let y = half(&self.half, z, around); // [N, C]
                let y = in_rows(y, pictures); // [B, S²·C]
                layers.iter().fold(y, |y, layer| layer.forward(y))
            }
        }
    }

    /// From there to the pictures. `[B, H·W·C]`
    pub fn last_layer<T>(
        &self,
        h: Matrix<E, D, T>,
        (form, patch): Of,
    ) -> Matrix<E, D, T>
    where
        T: Tape<E, D> + Merge<NoneTape> + Merge<T>,
    {
        match (self.end.layers.last(), self.half.layers.last()) {
            (Some(layer), _) => layer.forward(h),
            (None, Some(layer)) => {
                let rows = layer.forward(h); // [N, patch²·C]
                depth_to_space(rows, form, patch)
            }
            _ => panic!("a half has a first layer and a last"),
        }
    }

    /// Eq. 10.5: the decoder's gradient at the weights of its last layer
    /// alone, from what goes into that layer and the gradient at the
    /// pictures: of `Σ x̂ d` the gradient at x̂ is `d`.
    pub fn at_last_weights(
        &self,
        h: &Matrix<E, D>,
        d_x_hat: Matrix<E, D>, // [B, H·W·C]
        of: Of,
    ) -> Matrix<E, D> {
        let w = match (self.end.layers.last(), self.half.layers.last()) {
            (Some(layer), _) => &layer.w,    // [16·C, C]
            (None, Some(layer)) => &layer.w, // [C, patch²·C]
            _ => panic!("a half has a first layer and a last"),
        };
        let x_hat = self.last_layer(h.leaky_trace(), of); // [B, H·W·C]
        (x_hat * d_x_hat).sum().backward().get(w)
    }
}

/// Chapter 8's half up to its last layer. `[N, C]`
fn trunk<E: Number, D: Device<E>, T: Tape<E, D>>(
    net: &Mlp<E, D>,
    x: Matrix<E, D, T>, // [N, I]
    around: &Around<E, D>,
) -> Matrix<E, D, T> {
    let [first, blocks @ .., _] = &net.layers[..] else {
        panic!("a half has a first layer and a last");
    };
    let mut h = linear(x, first.w.clone(), first.b.clone()); // [N, C]
    for block in blocks {
        let a = h.retaped::<T>().relu(); // [N, C]
        h = conv(a, block, around) + h; // [N, C]
    }
    h.relu() // [N, C]
}

/// Rows of pictures as rows of places, or back: the order is the same.
fn in_rows<E: Number, D: Device<E>, T: Tape<E, D>>(
    x: Matrix<E, D, T>,
    rows: usize,
) -> Matrix<E, D, T> {
    let (n, width) = *x.shape();
    x.reshape_like(&(rows, n * width / rows.max(1)))
}
// ANCHOR_END: coder

impl<E: Number, D: Device<E>> Coder<E, D> {
    /// Copies one of the plain room.
    pub fn new(dev: &D, from: &plain::Coder<E>) -> Self {
        let half = Mlp::new(dev, &from.half);
        Self { half, end: Net::new(dev, &from.end) }
    }

    /// Copies its numbers back, into one shaped like it.
    pub fn to_plain(&self, like: &plain::Coder<E>) -> plain::Coder<E> {
        gradients::on_dfdx::to_plain(like, &arrays(self))
    }
}

impl<E: Number, D: Device<E>> Parameters<E, D> for Coder<E, D> {
    fn parameters(&self) -> Vec<Seen<'_, E, D>> {
        let mut all = self.half.parameters();
        all.extend(self.end.parameters());
        all
    }

    fn parameters_mut(&mut self) -> Vec<Changed<'_, E, D>> {
        let mut all = self.half.parameters_mut();
        all.extend(self.end.parameters_mut());
        all
    }
}

// ANCHOR: weight
/// Eq. 10.6: `λ = ‖∇R‖ / (‖∇A‖ + δ)`, and no more than `most`. It stays on
/// the device.
pub fn adaptive_weight<E: Number, D: Device<E>>(
    d_rest: Matrix<E, D>, // of the last weights' shape
    d_adv: Matrix<E, D>,  // of the same
    most: f64,
) -> Tensor<(), E, D> {
    let norm = |d: Matrix<E, D>| d.square().sum::<(), _>().sqrt();
    let lambda = norm(d_rest) / (norm(d_adv) + number::<E>(plain::DELTA));
    lambda.clamp(0.0, most)
}
// ANCHOR_END: weight

/// What judges reconstructions besides their squared error.
#[derive(Clone, Copy, Debug)]
pub struct Critics<'a, E: Number, D: Device<E>> {
    /// The ruler of features, and its weight.
    pub perception: Option<(&'a Perception<E, D>, f64)>,
    /// The discriminator, and how its opinion is weighed.
    pub discriminator: Option<(&'a Net<E, D>, Balance)>,
}

// ANCHOR: judge
/// What is said of reconstructions, and where it would move them.
#[derive(Clone, Debug)]
pub struct Judged<E: Number, D: Device<E>> {
    /// Mean squared error, of numbers whose variance is 1.
    pub reconstruction: Tensor<(), E, D>,
    /// Eq. 10.2, before its weight.
    pub perceptual: Tensor<(), E, D>,
    /// Eq. 10.4, before its weight.
    pub adversarial: Tensor<(), E, D>,
    /// Eq. 10.6, its share included; 0 where there is no discriminator.
    pub lambda: Tensor<(), E, D>,
    /// The gradient at the reconstructions. `[B, H·W·C]`
    pub d_x_hat: Matrix<E, D>,
}

/// Two tapes begin at x̂, one for the discriminator's opinion and one for the
/// rest. What each finds there goes through the last layer to its weights.
pub fn judge<E: Number, D: Device<E>>(
    (decoder, h): (&Coder<E, D>, &Matrix<E, D>),
    critics: Critics<E, D>,
    (x, x_hat): (Matrix<E, D>, Matrix<E, D>), // [B, H·W·C]
    of: Of,
) -> Judged<E, D> {
    let zero: Tensor<(), E, D> = x.device().zeros();
    let mut rest = mse(x_hat.leaky_trace(), x.clone());
    let reconstruction = rest.retaped();
    let [mut perceptual, mut adversarial] = [zero.clone(), zero.clone()];
    if let Some((ruler, weight)) = critics.perception {
        let distance = ruler.distance(x, x_hat.leaky_trace());
        perceptual = distance.retaped();
        rest = rest + distance * number::<E>(weight);
    }
    let mut d_x_hat = rest.backward().get(&x_hat); // [B, H·W·C]
    let mut lambda = zero.clone();
    if let Some((d, Balance { share, adaptive, most })) =
        critics.discriminator
    {
        let loss = opinion(d, x_hat.leaky_trace());
        adversarial = loss.retaped();
        let d_adv = loss.backward().get(&x_hat); // [B, H·W·C]
        let at = |d: &Matrix<E, D>| decoder.at_last_weights(h, d.clone(), of);
        lambda = match adaptive {
            true => adaptive_weight(at(&d_x_hat), at(&d_adv), most),
            false => zero + E::one(),
        } * number::<E>(share);
        let weight = lambda.clone().broadcast_like(x_hat.shape());
        d_x_hat = d_x_hat + d_adv * weight; // [B, H·W·C]
    }
    Judged { reconstruction, perceptual, adversarial, lambda, d_x_hat }
}
// ANCHOR_END: judge

// ANCHOR: step
/// The terms of one step, its lookup, and its gradients.
pub struct Step<E: Number, D: Device<E>> {
    /// What is said of the reconstructions.
    pub judged: Judged<E, D>,
    /// β included.
    pub commitment: Tensor<(), E, D>,
    /// What was looked up. `[N, D]`
    pub z_e: Matrix<E, D>,
    /// A one in each row, at its code. `[N, K]`
    pub chosen: Matrix<E, D>,
    /// The reconstruction. `[B, H·W·C]`
    pub x_hat: Matrix<E, D>,
    /// The gradient at every parameter of encoder and decoder.
    pub d: Gradients<E, D>,
}

/// Eq. 10.7: one step on pictures `[B, H·W·C]`, forward and backward. Once
/// the gradient at x̂ is known, `Σ x̂ d` leads it back through the network.
pub fn step<E: Number, D: Device<E>>(
    (encoder, decoder): (&Coder<E, D>, &Coder<E, D>),
    (codebook, settings): (&Matrix<E, D>, &Settings),
    critics: Critics<E, D>,
    x: Matrix<E, D>, // [B, H·W·C]
    (of, around): (Of, &Around<E, D>),
) -> Step<E, D> {
    let Settings { beta, reduction, .. } = *settings;
    let z_e = encoder.encode(x.leaky_trace(), of, around); // [N, D]
    let z = z_e.retaped::<NoneTape>(); // [N, D]
    let chosen = choose(z.clone(), codebook, None); // [N, K]
    let z_q = gather_chosen(codebook.clone(), chosen.clone()); // [N, D]
    let own = z_e.retaped(); // [N, D]
    let committed = commitment_loss(own, z_q.clone(), beta, reduction);
    let commitment = committed.retaped();

    let passed = straight_through(z_e, z_q); // [N, D]
    let h = decoder.before_last(passed, of, around);
    let before = h.retaped::<NoneTape>();
    let drawn = decoder.last_layer(h, of); // [B, H·W·C]
    let x_hat = drawn.retaped::<NoneTape>(); // [B, H·W·C]
    let last = (decoder, &before);
    let judged = judge(last, critics, (x, x_hat.clone()), of);
    let through = (drawn * judged.d_x_hat.clone()).sum();
    let d = (through + committed).backward();
    Step { judged, commitment, z_e: z, chosen, x_hat, d }
}
// ANCHOR_END: step
