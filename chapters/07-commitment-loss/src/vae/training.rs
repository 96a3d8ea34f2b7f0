//! A training run of a variational autoencoder of digits.

use datasets::{Batches, Digits, PixelRange};
use gradients::model::{Model, in_words};
use gradients::plain::{Activation, AdamConfig, Mlp};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, rng_at};
use ndarray::Array2;
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

use super::{Objective, Step, step};
use crate::on_dfdx;

/// Components of a latent.
pub const WIDTH: usize = 16;

/// Images of a step.
pub const BATCH: usize = 128;

/// The encoder, pixels → hidden → 2 · 16, and the decoder, 16 → hidden → pixels.
pub fn networks(
    pixels: usize,
    hidden: usize,
    rng: &mut impl Rng,
) -> (Mlp<f32>, Mlp<f32>) {
    let (relu, last) = (Activation::Relu, Activation::Identity);
    let encoder = Mlp::new(&[pixels, hidden, 2 * WIDTH], relu, last, rng);
    (encoder, Mlp::new(&[WIDTH, hidden, pixels], relu, last, rng))
}

/// What is trained, as it is at some step.
#[derive(Clone, Debug, PartialEq)]
pub struct Vae {
    /// Pixels to `μ` and `log σ²`.
    pub encoder: Mlp<f32>,
    /// Latents to pixels.
    pub decoder: Mlp<f32>,
}

/// A run in either room.
pub trait Variational: Resumable {
    /// Its networks now.
    fn now(&self) -> Vae;

    /// The negative log-likelihood before each step, less its constant.
    fn losses(&self) -> Vec<f32>;
}

/// Where a run's images and its noise come from.
pub struct Source<'a> {
    digits: &'a Digits,
    batches: Batches,
    seed: u64,
}

impl Source<'_> {
    /// Batch number `n`: images `[B, P]` and noise `[B, C]`.
    pub fn batch(&mut self, n: u64) -> (Array2<f32>, Array2<f32>) {
        let rows = self.batches.batch(n);
        let x = self.digits.pixels(&rows, PixelRange::Unit); // [B, P]
        let (shape, rng) = ((rows.len(), WIDTH), &mut rng_at(self.seed, n));
        (x, Array2::random_using(shape, StandardNormal, rng))
    }
}

/// A run in progress.
pub struct Training<'a> {
    /// With its optimiser; its loss is the KL term.
    pub encoder: Model,
    /// With its optimiser; its loss is the other term.
    pub decoder: Model,
    /// What is minimised.
    pub objective: Objective,
    /// What it learns from.
    pub source: Source<'a>,
}

impl<'a> Training<'a> {
    /// A run on digits.
    ///
    /// # Errors
    /// There are fewer than a batch holds.
    pub fn new(
        (encoder, decoder): (Mlp<f32>, Mlp<f32>),
        objective: Objective,
        config: AdamConfig,
        digits: &'a Digits,
        seed: u64,
    ) -> anyhow::Result<Self> {
        digits.at_least(BATCH)?;
        let batches = Batches::new(digits.len(), BATCH, seed)?;
        Ok(Self {
            encoder: Model::new("encoder", encoder, config),
            decoder: Model::new("decoder", decoder, config),
            objective,
            source: Source { digits, batches, seed },
        })
    }

    /// One step of both networks.
    ///
    /// # Errors
    /// The run diverged.
    pub fn train_once(&mut self) -> Result<Step<f32>, Diverged> {
        let n = self.encoder.adam.t;
        let (x, noise) = self.source.batch(n); // [B, P], [B, C]
        let networks = (&self.encoder.net, &self.decoder.net);
        let weight = self.objective.weight(n);
        let done = step(networks, &self.objective, weight, &x, &noise);
        self.encoder.step(done.kl.sum(), &done.d_encoder)?;
        self.decoder.step(done.reconstruction, &done.d_decoder)?;
        Ok(done)
    }
}

impl Resumable for Training<'_> {
    fn steps_done(&self) -> u64 {
        self.encoder.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let done = self.train_once()?;
        Ok(format!("{:.1} nats", done.kl.sum()))
    }

    fn configuration(&mut self) -> String {
        let (x, noise) = self.source.batch(0);
        let first = lab::digest([&x, &noise]);
        let nets = [&self.encoder.net, &self.decoder.net];
        let [encoder, decoder] = nets.map(in_words);
        let (objective, adam) = (self.objective, self.encoder.adam.config);
        format!(
            "encoder: {encoder}\ndecoder: {decoder}\n\
             first batch: {first}\n{objective:#?}\n{adam:#?}"
        )
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.encoder.save(checkpoint);
        self.decoder.save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.encoder.restore(checkpoint)?;
        self.decoder.restore(checkpoint)
    }
}

impl Variational for Training<'_> {
    fn now(&self) -> Vae {
        Vae {
            encoder: self.encoder.net.clone(),
            decoder: self.decoder.net.clone(),
        }
    }

    fn losses(&self) -> Vec<f32> {
        self.decoder.losses.clone()
    }
}

/// The run in the lab's room.
///
/// # Errors
/// The device is not there.
pub fn in_room<'a>(
    lab: &lab::Lab,
    training: Training<'a>,
) -> anyhow::Result<Box<dyn Variational + 'a>> {
    lab::in_room!(lab, training, |dev, plain| {
        on_dfdx::vae::Training::new(&dev, plain)
    })
}
