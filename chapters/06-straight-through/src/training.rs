//! An encoder, a codebook and a decoder in training, the gradient taken past the lookup in one of five ways.

use codebook_lookup::plain::{Codebook, cluster_means, nearest};
use gradients::model::{Model, in_words};
use gradients::plain::{Activation, AdamConfig, Mlp, mse, mse_backward};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, digest, rng_at};
use ndarray::Array2;
use ndarray_rand::rand::Rng;

use crate::on_dfdx;
use crate::plain::{
    Levels, QuantizeError, Quantized, finite_scalar, finite_scalar_backward,
    gumbel_noise, gumbel_softmax, gumbel_softmax_backward, rotation_backward,
    straight_through, straight_through_backward,
};

// ANCHOR: past
/// What the encoder is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Past {
    /// The truth: nothing.
    Nothing,
    /// What the decoder is told.
    StraightThrough,
    /// The same, turned with the latent.
    Rotation,
    /// The gradient of a mixture of all codes, whose temperature falls
    /// from the first to the second number.
    Gumbel(f64, f64),
    /// Straight-through, on a grid in place of a codebook.
    FiniteScalar(Levels),
}
// ANCHOR_END: past

/// An autoencoder with a lookup in its middle.
#[derive(Clone, Debug, PartialEq)]
pub struct Autoencoder {
    /// Input to latent.
    pub encoder: Mlp<f32>,
    /// Latent to input.
    pub decoder: Mlp<f32>,
    /// `[K, C]`
    pub codebook: Array2<f32>,
    /// What stands between them.
    pub past: Past,
}

impl Autoencoder {
    /// What each input is quantised to: the nearest code, however it was trained.
    ///
    /// # Errors
    /// A latent is not finite.
    pub fn quantize(
        &self,
        x: &Array2<f32>,
    ) -> Result<Quantized<f32>, QuantizeError> {
        let z_e = self.encoder.output(x); // [N, C]
        Ok(match &self.past {
            Past::FiniteScalar(levels) => finite_scalar(&z_e, levels)?,
            _ => straight_through(&z_e, &self.codebook)?,
        })
    }

    /// What comes back of each input.
    ///
    /// # Errors
    /// A latent is not finite.
    pub fn reconstruct(
        &self,
        x: &Array2<f32>,
    ) -> Result<Array2<f32>, QuantizeError> {
        Ok(self.decoder.output(&self.quantize(x)?.z_q))
    }
}

/// An autoencoder in training, in either room.
pub trait Autoencodes: Resumable {
    /// It as it is now.
    fn now(&self) -> Autoencoder;

    /// The loss before each step.
    fn losses(&self) -> Vec<f32>;
}

/// How it is trained, which is the same in both rooms.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// What the encoder is told.
    pub past: Past,
    /// The share of a codebook vector that stays when it moves towards the mean of the latents that chose it; 1 for a
    /// codebook that stands still.
    pub keep: f32,
    /// Steps in all, for what changes on the way.
    pub steps: u64,
    lr: f64,
    seed: u64,
}

impl Recipe {
    /// The share of the training that is done before step `t`.
    fn progress(&self, t: u64) -> f64 {
        t as f64 / self.steps as f64
    }

    // ANCHOR: schedule
    /// Adam's step size at step `t`.
    pub fn lr(&self, t: u64) -> f64 {
        let cool = if self.progress(t) < 0.7 { 1.0 } else { 0.1 };
        cool * self.lr
    }

    /// At step `t`, of a temperature that falls from one number to another.
    pub fn temperature(&self, t: u64, from: f64, to: f64) -> f32 {
        (from * (to / from).powf(self.progress(t))) as f32
    }
    // ANCHOR_END: schedule

    /// Gumbel noise for every latent and code at step `t`. `[B, K]`
    pub fn noise(&self, t: u64, shape: (usize, usize)) -> Array2<f32> {
        gumbel_noise(shape, &mut rng_at(self.seed, t))
    }

    /// Whether the codebook moves towards the means of its latents.
    pub fn moves_to_means(&self) -> bool {
        let other =
            matches!(self.past, Past::Gumbel(..) | Past::FiniteScalar(_));
        self.keep < 1.0 && !other
    }
}

/// A run in progress.
pub struct Training<B> {
    /// Input to latent.
    pub encoder: Model,
    /// Latent to input.
    pub decoder: Model,
    /// The codebook.
    pub table: Model<Codebook<f32>>,
    /// How it is trained.
    pub recipe: Recipe,
    pub(crate) batches: B,
}

impl<B: FnMut(u64) -> Array2<f32>> Training<B> {
    /// Networks of these widths, the latent's in the middle, and a codebook `[K, C]`.
    pub fn new(
        [input, hidden, latent]: [usize; 3],
        codebook: Array2<f32>,
        past: Past,
        config: AdamConfig,
        rng: &mut impl Rng,
        batches: B,
    ) -> Self {
        let mut network = |name, widths: &[usize]| {
            let leaky = Activation::LeakyRelu(0.2);
            let net = Mlp::new(widths, leaky, Activation::Identity, rng);
            Model::new(name, net, config)
        };
        let encoder = network("encoder", &[input, hidden, latent]);
        let decoder = network("decoder", &[latent, hidden, input]);
        let table = Model::new("table", Codebook(codebook), config);
        let (keep, steps) = (1.0, u64::MAX);
        let (lr, seed) = (config.lr, rng.random());
        let recipe = Recipe { past, keep, steps, lr, seed };
        Self { encoder, decoder, table, recipe, batches }
    }

    /// The codebook `[K, C]`.
    pub fn codebook(&self) -> &Array2<f32> {
        &self.table.net.0
    }

    /// Puts another codebook in its place.
    pub fn set_codebook(&mut self, codebook: Array2<f32>) {
        self.table.net.0 = codebook;
    }

    fn diverged(&self) -> impl Fn(QuantizeError) -> Diverged + use<B> {
        let step = self.encoder.adam.t;
        move |e| Diverged { step, what: e.to_string() }
    }

    // ANCHOR: step
    /// One step on a batch `[B, X]`; returns the loss before it.
    fn step_on(&mut self, x: &Array2<f32>) -> Result<f32, Diverged> {
        let named = self.diverged();
        let coded = self.encoder.net.forward(x);
        let z_e = &coded[coded.len() - 1]; // [B, C]
        let (z_q, p) = self.forward(z_e).map_err(&named)?; // [B, C], [B, K]
        let made = self.decoder.net.forward(&z_q);
        let y = &made[made.len() - 1]; // [B, X]
        let loss = mse(y, x);
        let (d_z_q, d_decoder) =
            self.decoder.net.backward(&made, mse_backward(y, x));
        let (d_z_e, d_codebook) = self.backward(z_e, &z_q, &p, d_z_q);
        let (_, d_encoder) = self.encoder.net.backward(&coded, d_z_e);
        match d_codebook.filter(|_| self.recipe.keep < 1.0) {
            Some(d) => drop(self.table.step(loss, &Codebook(d))?),
            None => self.move_to_means(z_e).map_err(&named)?,
        }
        self.encoder.step(loss, &d_encoder)?;
        self.decoder.step(loss, &d_decoder)
    }
    // ANCHOR_END: step

    // ANCHOR: forward
    /// What the decoder receives, and the shares of a mixture, if it is one.
    fn forward(
        &self,
        z_e: &Array2<f32>,
    ) -> Result<(Array2<f32>, Array2<f32>), QuantizeError> {
        let (codebook, t) = (self.codebook(), self.encoder.adam.t);
        let none = Array2::zeros((0, 0));
        Ok(match &self.recipe.past {
            &Past::Gumbel(from, to) => {
                let shape = (z_e.nrows(), codebook.nrows());
                let noise = self.recipe.noise(t, shape); // [B, K]
                let tau = self.recipe.temperature(t, from, to);
                let mixed = gumbel_softmax(z_e, codebook, &noise, tau)?;
                (mixed.z_q, mixed.p)
            }
            Past::FiniteScalar(levels) => {
                (finite_scalar(z_e, levels)?.z_q, none)
            }
            _ => (straight_through(z_e, codebook)?.z_q, none),
        })
    }
    // ANCHOR_END: forward

    // ANCHOR: backward
    /// What the encoder is told, and what the codebook is.
    fn backward(
        &self,
        z_e: &Array2<f32>,
        z_q: &Array2<f32>,
        p: &Array2<f32>,
        d_z_q: Array2<f32>,
    ) -> (Array2<f32>, Option<Array2<f32>>) {
        match &self.recipe.past {
            Past::Nothing => (d_z_q * 0.0, None),
            Past::StraightThrough => (straight_through_backward(d_z_q), None),
            Past::Rotation => (rotation_backward(z_e, z_q, d_z_q), None),
            &Past::Gumbel(from, to) => {
                let (codebook, t) = (self.codebook(), self.encoder.adam.t);
                let tau = self.recipe.temperature(t, from, to);
                let (d_z, d_codebook) =
                    gumbel_softmax_backward(z_e, codebook, p, tau, &d_z_q);
                (d_z, Some(d_codebook))
            }
            Past::FiniteScalar(_) => {
                (finite_scalar_backward(z_e, d_z_q), None)
            }
        }
    }
    // ANCHOR_END: backward

    // ANCHOR: means
    /// Moves a codebook that has no gradient towards the means of its latents.
    fn move_to_means(
        &mut self,
        z_e: &Array2<f32>,
    ) -> Result<(), QuantizeError> {
        if !self.recipe.moves_to_means() {
            return Ok(());
        }
        let (codebook, keep) = (self.codebook(), self.recipe.keep);
        let indices = nearest(z_e, codebook)?; // [B]
        let means = cluster_means(z_e, &indices, codebook); // [K, C]
        self.set_codebook(codebook * keep + means * (1.0 - keep));
        Ok(())
    }
    // ANCHOR_END: means
}

impl<B: FnMut(u64) -> Array2<f32>> Resumable for Training<B> {
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
        let loss = self.step_on(&x)?;
        Ok(format!("loss {loss:.4}"))
    }

    fn configuration(&mut self) -> String {
        let first = digest([&(self.batches)(0)]);
        let nets = [&self.encoder.net, &self.decoder.net];
        let [encoder, decoder] = nets.map(in_words);
        let (codebook, recipe) = (self.codebook().shape(), &self.recipe);
        let adam = AdamConfig { lr: recipe.lr, ..self.encoder.adam.config };
        format!(
            "encoder: {encoder}\ndecoder: {decoder}\n\
             codebook: {codebook:?}\nfirst batch: {first}\n\
             {recipe:#?}\n{adam:#?}"
        )
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
        let mut encoder = self.encoder.clone();
        let mut decoder = self.decoder.clone();
        encoder.restore(checkpoint)?;
        decoder.restore(checkpoint)?;
        self.table.restore(checkpoint)?;
        (self.encoder, self.decoder) = (encoder, decoder);
        Ok(())
    }
}

impl<B: FnMut(u64) -> Array2<f32>> Autoencodes for Training<B> {
    fn now(&self) -> Autoencoder {
        Autoencoder {
            encoder: self.encoder.net.clone(),
            decoder: self.decoder.net.clone(),
            codebook: self.codebook().clone(),
            past: self.recipe.past.clone(),
        }
    }

    fn losses(&self) -> Vec<f32> {
        self.decoder.losses.clone()
    }
}

/// The training in the lab's room.
///
/// # Errors
/// The device is not there.
pub fn in_room<'a, B: FnMut(u64) -> Array2<f32> + 'a>(
    lab: &lab::Lab,
    training: Training<B>,
) -> anyhow::Result<Box<dyn Autoencodes + 'a>> {
    lab::in_room!(lab, training, |dev, plain| {
        on_dfdx::Training::new(&dev, plain)
    })
}
