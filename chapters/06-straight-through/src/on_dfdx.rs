//! The same steps on dfdx. What must have no gradient is computed off the
//! tape; the types say which.

use codebook_lookup::on_dfdx::{
    Codebook, cluster_means, gather_chosen, nearest,
};
use dfdx::prelude::*;
use gradients::on_dfdx::{
    Matrix, Mlp, Model, Number, Taped, Vector, mse, number,
};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, Trains, tensor};
use ndarray::{Array1, Array2};

use crate::plain::Levels;
use crate::training::{self, Autoencoder, Autoencodes, Past, Recipe};

// ANCHOR: straight-through
/// Eq. 6.2: `z_q` going forward, the identity going back. The bracket has
/// no tape, so nothing in it can have a gradient.
pub fn straight_through<E: Number, D: Device<E>, T: Tape<E, D>>(
    z_e: Matrix<E, D, T>, // [N, C]
    z_q: Matrix<E, D>,    // [N, C]
) -> Matrix<E, D, T> {
    let (z_e, tape) = z_e.split_tape();
    let bracket = z_q - z_e.clone(); // [N, C]
    z_e.put_tape(tape) + bracket
}
// ANCHOR_END: straight-through

// ANCHOR: unstopped
/// The same with the stop forgotten: the bracket is on the tape. The value
/// is right, and the two gradients at `z_e` cancel.
pub fn unstopped<E: Number, D: Device<E>, T: Tape<E, D>>(
    z_e: Matrix<E, D, T>, // [N, C]
    z_q: Matrix<E, D>,    // [N, C]
) -> Matrix<E, D, T> {
    let (z_e, tape) = z_e.split_tape();
    let bracket = z_e.clone().put_tape(tape).negate() + z_q; // [N, C]
    let (bracket, tape) = bracket.split_tape();
    z_e.put_tape(tape) + bracket
}
// ANCHOR_END: unstopped

// ANCHOR: smoothed
/// Eq. 6.4: the loss of each latent averaged over Gaussian noise before the
/// lookup. `[N]`. A softmax does not see what all places share, `‖z‖²`.
pub fn smoothed_loss<E: Number, D: Device<E>, T: Tape<E, D>>(
    z: Matrix<E, D, T>, // [N, C]
    s: f64,
    places: Matrix<E, D>, // [M, C]
    losses: Vector<E, D>, // [M]
) -> Tensor<(usize,), E, D, T> {
    let shape = (z.shape().0, places.shape().0);
    let squares = places.clone().square(); // [M, C]
    let half = squares.sum::<_, Axis<1>>() * number::<E>(0.5); // [M]
    let dots = z.matmul(places.permute()); // [N, M]
    let logits = dots - half.broadcast_like::<_, Axis<0>>(&shape); // [N, M]
    let w = (logits * number::<E>(1.0 / (s * s))).softmax::<Axis<1>>();
    let losses = losses.broadcast_like::<_, Axis<0>>(&shape); // [N, M]
    (w * losses).sum::<_, Axis<1>>() // [N]
}
// ANCHOR_END: smoothed

// ANCHOR: gumbel
/// Eq. 6.8: a mixture of the codes at a temperature. The tape of `z` also
/// finds the codebook's gradient. `[N, C]`
pub fn gumbel_softmax<E: Number, D: Device<E>, T: Tape<E, D>>(
    z: Matrix<E, D, T>,     // [N, C]
    codebook: Matrix<E, D>, // [K, C]
    noise: Matrix<E, D>,    // [N, K]
    temperature: f64,
) -> Matrix<E, D, T> {
    let (z, tape) = z.split_tape();
    let norms = codebook.clone().put_tape(tape).square(); // [K, C]
    let (norms, tape) = norms.sum::<_, Axis<1>>().split_tape(); // [K]
    let dots = z.put_tape(tape).matmul(codebook.clone().permute()); // [N, K]
    let (logits, tape) = (dots * number::<E>(2.0) + noise).split_tape();
    let norms = norms.put_tape(tape).broadcast_like::<_, Axis<0>>(&logits);
    let logits = norms.negate() + logits; // [N, K]
    let logits = logits / number::<E>(temperature); // [N, K]
    let p = logits.softmax::<Axis<1>>(); // [N, K]
    p.matmul(codebook) // [N, C]
}
// ANCHOR_END: gumbel

// ANCHOR: turn
/// What turns latents into their codes, off the tape. All `[N, C]`.
struct Turn<E: Number, D: Device<E>> {
    from: Matrix<E, D>,
    to: Matrix<E, D>,
    half: Matrix<E, D>, // half way between the two directions
    scale: Matrix<E, D>, // the ratio of lengths
    rest: Matrix<E, D>, // straight-through's bracket, where nothing turns
}

fn length<E: Number, D: Device<E>>(v: &Matrix<E, D>) -> Matrix<E, D> {
    let squares = v.clone().square().sum::<_, Axis<1>>(); // [N]
    squares.sqrt().broadcast_like::<_, Axis<1>>(v.shape()) // [N, C]
}

/// Nothing turns where one of the two has no direction, or they are
/// opposite: what is divided by zero there is not chosen.
fn turn<E: Number, D: Device<E>>(
    z: Matrix<E, D>,   // [N, C]
    z_q: Matrix<E, D>, // [N, C]
) -> Turn<E, D> {
    let zeros = z.device().zeros_like(z.shape()); // [N, C]
    let (long_z, long_q) = (length(&z), length(&z_q)); // [N, C]
    let from = z.clone() / long_z.clone(); // [N, C]
    let to = z_q.clone() / long_q.clone(); // [N, C]
    let sum = from.clone() + to.clone(); // [N, C]
    let long = length(&sum); // [N, C]; no number is not long either
    let turns = long.gt(E::epsilon().sqrt()); // bool
    let or_zero = |v| turns.clone().choose(v, zeros.clone());
    Turn {
        scale: turns
            .clone()
            .choose(long_q / long_z, zeros.clone() + E::one()),
        half: or_zero(sum / long),
        rest: turns.clone().choose(zeros.clone(), z_q - z),
        to: or_zero(to),
        from: or_zero(from),
    }
}
// ANCHOR_END: turn

// ANCHOR: rotation
/// Eq. 6.10: the turn is computed off the tape, and only `z_e` that it acts
/// on is on it. `[N, C]`
pub fn rotation<E: Number, D: Device<E>, T: Tape<E, D>>(
    z_e: Matrix<E, D, T>, // [N, C]
    z_q: Matrix<E, D>,    // [N, C]
) -> Matrix<E, D, T> {
    let (z, tape) = z_e.split_tape();
    let shape = *z.shape();
    let Turn { from, to, half, scale, rest } = turn(z.clone(), z_q);
    let along = |v: Matrix<E, D>, tape| {
        let dots = (z.clone().put_tape(tape) * v).sum::<_, Axis<1>>(); // [N]
        let twice = dots * number::<E>(2.0);
        twice.broadcast_like::<_, Axis<1>>(&shape).split_tape() // [N, C]
    };
    let (on_half, tape) = along(half.clone(), tape); // [N, C]
    let (on_from, tape) = along(from, tape); // [N, C]
    let (add, tape) = (on_from.put_tape(tape) * to).split_tape();
    let (less, tape) = (on_half.put_tape(tape) * half).split_tape();
    let (add, tape) = (add.put_tape(tape) - less).split_tape();
    (z.put_tape(tape) + add) * scale + rest // [N, C]
}
// ANCHOR_END: rotation

// ANCHOR: fsq
/// Eq. 6.12: straight-through after a squeeze; `z_q` are the rounded values.
pub fn finite_scalar<E: Number, D: Device<E>, T: Tape<E, D>>(
    z: Matrix<E, D, T>, // [N, C]
    z_q: Matrix<E, D>,  // [N, C]
) -> Matrix<E, D, T> {
    straight_through(z.tanh(), z_q)
}

/// The nearest of each component's levels, from -1 to 1, for squeezed
/// latents. dfdx cannot round: a level's number is how many borders lie
/// below. `[N, C]`
pub fn round_to_levels<E: Number, D: Device<E>>(
    squeezed: Matrix<E, D>, // [N, C]
    levels: &Levels,
) -> Matrix<E, D> {
    let (dev, shape) = (squeezed.device().clone(), *squeezed.shape());
    let halves = levels.each().iter().map(|&l| (l - 1) as f64 / 2.0);
    let halves: Array1<E> = halves.map(number).collect();
    let halves: Vector<E, D> = tensor(&dev, &halves, (shape.1,)); // [C]
    let halves = halves.broadcast_like::<_, Axis<0>>(&shape); // [N, C]
    let at = squeezed * halves.clone() + halves.clone(); // [N, C]
    let at = at + number::<E>(0.5); // [N, C]
    let mut level: Matrix<E, D> = dev.zeros_like(&shape);
    for border in 1..levels.each().iter().copied().max().unwrap_or(1) {
        let above = at.ge(number::<E>(border as f64)); // bool
        let one = dev.ones_like(&shape); // [N, C]
        level = level + above.choose(one, dev.zeros_like(&shape)); // [N, C]
    }
    (level - halves.clone()) / halves // [N, C]
}
// ANCHOR_END: fsq

/// A training of this chapter on a device.
pub struct Training<B, D: Trains> {
    dev: D,
    encoder: Model<Mlp<f32, D>, D>,
    decoder: Model<Mlp<f32, D>, D>,
    table: Model<Codebook<f32, D>, D>,
    recipe: Recipe,
    configuration: String,
    batches: B,
}

impl<B: FnMut(u64) -> Array2<f32>, D: Trains> Training<B, D> {
    /// Goes on where a training of the plain room begins.
    pub fn new(dev: &D, mut from: training::Training<B>) -> Self {
        let configuration = from.configuration();
        let config = from.encoder.adam.config;
        let model = |of: &gradients::model::Model| {
            Model::new(of.name, Mlp::new(dev, &of.net), config)
        };
        let codebook = &from.table.net.0;
        let codebook = Codebook(tensor(dev, codebook, codebook.dim()));
        Self {
            dev: dev.clone(),
            encoder: model(&from.encoder),
            decoder: model(&from.decoder),
            table: Model::new(from.table.name, codebook, config),
            recipe: from.recipe,
            configuration,
            batches: from.batches,
        }
    }

    // ANCHOR: past
    /// What the decoder receives, with the tape of what the encoder is told.
    fn past(&self, z_e: Taped<f32, D>) -> Taped<f32, D> {
        let (codebook, t) = (self.table.net.0.clone(), self.encoder.adam.t);
        let (z, tape) = z_e.split_tape(); // [B, C]
        let chosen = nearest(z.clone(), &codebook); // [B, K]
        let z_q = gather_chosen(codebook.clone(), chosen); // [B, C]
        match &self.recipe.past {
            Past::Nothing => z_q.leaky_traced(),
            Past::StraightThrough => straight_through(z.put_tape(tape), z_q),
            Past::Rotation => rotation(z.put_tape(tape), z_q),
            &Past::Gumbel(from, to) => {
                let shape = (z.shape().0, codebook.shape().0);
                let noise = self.recipe.noise(t, shape);
                let noise = tensor(&self.dev, &noise, shape); // [B, K]
                let tau = self.recipe.temperature(t, from, to);
                gumbel_softmax(z.put_tape(tape), codebook, noise, tau.into())
            }
            Past::FiniteScalar(levels) => {
                let z_q = round_to_levels(z.clone().tanh(), levels);
                finite_scalar(z.put_tape(tape), z_q)
            }
        }
    }
    // ANCHOR_END: past

    // ANCHOR: step
    /// One step on a batch `[B, X]`.
    fn step_on(&mut self, x: &Array2<f32>) -> Result<(), Diverged> {
        let x: Matrix<f32, D> = tensor(&self.dev, x, x.dim()); // [B, X]
        let z_e = self.encoder.net.forward(x.leaky_trace()); // [B, C]
        let (z, tape) = z_e.split_tape();
        let z_q = self.past(z.clone().put_tape(tape)); // [B, C]
        let y = self.decoder.net.forward(z_q); // [B, X]
        let (loss, tape) = mse(y, x).split_tape();
        let mut d = loss.clone().put_tape(tape).backward();
        let keep = self.recipe.keep;
        if self.recipe.moves_to_means() {
            let Codebook(e) = &self.table.net; // [K, C]
            let chosen = nearest(z.clone(), e); // [B, K]
            let means = cluster_means(z, &chosen, e.clone()); // [K, C]
            let moved = e.clone() * keep + means * (1.0 - keep); // [K, C]
            self.table.net = Codebook(moved);
        } else if matches!(self.recipe.past, Past::Gumbel(..)) && keep < 1.0 {
            self.table.step(loss.clone(), &mut d)?;
        }
        self.encoder.step(loss.clone(), &mut d)?;
        self.decoder.step(loss, &mut d)
    }
    // ANCHOR_END: step
}

impl<B: FnMut(u64) -> Array2<f32>, D: Trains> Resumable for Training<B, D> {
    fn steps_done(&self) -> u64 {
        self.encoder.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let step = self.steps_done();
        let (x, lr) = ((self.batches)(step), self.recipe.lr(step));
        for adam in [&mut self.encoder.adam, &mut self.decoder.adam] {
            adam.config.lr = lr;
        }
        self.table.adam.config.lr = lr;
        self.step_on(&x)?;
        Ok(format!("loss {}", self.decoder.last_loss()))
    }

    fn settle(&mut self) -> Result<(), Diverged> {
        self.encoder.settle()?;
        self.decoder.settle()?;
        self.table.settle()
    }

    fn configuration(&mut self) -> String {
        self.configuration.clone()
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.encoder.save(checkpoint);
        self.decoder.save(checkpoint);
        self.table.save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.encoder.restore(checkpoint)?;
        self.decoder.restore(checkpoint)?;
        self.table.restore(checkpoint)
    }
}

impl<B: FnMut(u64) -> Array2<f32>, D: Trains> Autoencodes for Training<B, D> {
    fn now(&self) -> Autoencoder {
        Autoencoder {
            encoder: self.encoder.net.to_plain(),
            decoder: self.decoder.net.to_plain(),
            codebook: lab::array(&self.table.net.0),
            past: self.recipe.past.clone(),
        }
    }

    fn losses(&self) -> Vec<f32> {
        self.decoder.losses()
    }
}
