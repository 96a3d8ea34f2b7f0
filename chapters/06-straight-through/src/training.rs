//! An encoder, a codebook and a decoder in training, the gradient taken past the lookup in one of five ways.

use codebook_lookup::plain::{cluster_means, nearest};
use gradients::model::Model;
use gradients::plain::{
    Activation, AdamConfig, Layer, Mlp, mse, mse_backward,
};
use lab::{Checkpoint, CheckpointError, Resumable, rng_at};
use ndarray::{Array1, Array2};
use ndarray_rand::rand::Rng;

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
pub struct Training<B> {
    /// Input to latent.
    pub encoder: Model,
    /// Latent to input.
    pub decoder: Model,
    /// The codebook, as the weights of a layer that is never run.
    pub table: Model,
    /// What the encoder is told.
    pub past: Past,
    /// The share of a codebook vector that stays when it moves towards the mean of the latents that chose it; 1 for a
    /// codebook that stands still.
    pub keep: f32,
    /// Steps in all, for what changes on the way.
    pub steps: u64,
    lr: f64,
    seed: u64,
    batches: B,
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
        let mut network = |widths: &[usize]| {
            let leaky = Activation::LeakyRelu(0.2);
            let net = Mlp::new(widths, leaky, Activation::Identity, rng);
            Model::new(net, config)
        };
        let encoder = network(&[input, hidden, latent]);
        let decoder = network(&[latent, hidden, input]);
        let b = Array1::zeros(codebook.ncols());
        let activation = Activation::Identity;
        let layers = vec![Layer { w: codebook, b, activation }];
        let table = Model::new(Mlp { layers }, config);
        let (lr, seed) = (config.lr, rng.random());
        Self {
            encoder,
            decoder,
            table,
            past,
            keep: 1.0,
            steps: u64::MAX,
            lr,
            seed,
            batches,
        }
    }

    /// The codebook `[K, C]`.
    pub fn codebook(&self) -> &Array2<f32> {
        &self.table.net.layers[0].w
    }

    /// Puts another codebook in its place.
    pub fn set_codebook(&mut self, codebook: Array2<f32>) {
        self.table.net.layers[0].w = codebook;
    }

    /// What each input is quantised to: the nearest code, whatever the training does.
    ///
    /// # Errors
    /// A latent is not finite.
    pub fn quantize(
        &self,
        x: &Array2<f32>,
    ) -> Result<Quantized<f32>, QuantizeError> {
        let z_e = self.encoder.net.output(x); // [N, C]
        Ok(match &self.past {
            Past::FiniteScalar(levels) => finite_scalar(&z_e, levels)?,
            _ => straight_through(&z_e, self.codebook())?,
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
        Ok(self.decoder.net.output(&self.quantize(x)?.z_q))
    }

    /// The share of the training that is done.
    fn progress(&self) -> f64 {
        self.encoder.adam.t as f64 / self.steps as f64
    }

    fn temperature(&self, from: f64, to: f64) -> f32 {
        (from * (to / from).powf(self.progress())) as f32
    }

    // ANCHOR: step
    /// One step on a batch `[B, X]`; returns the loss before it.
    fn step_on(&mut self, x: &Array2<f32>) -> Result<f32, QuantizeError> {
        let coded = self.encoder.net.forward(x);
        let z_e = &coded[coded.len() - 1]; // [B, C]
        let (z_q, p) = self.forward(z_e)?; // [B, C], [B, K]
        let made = self.decoder.net.forward(&z_q);
        let y = &made[made.len() - 1]; // [B, X]
        let loss = mse(y, x);
        let (d_z_q, d_decoder) =
            self.decoder.net.backward(&made, mse_backward(y, x));
        let (d_z_e, d_codebook) = self.backward(z_e, &z_q, &p, d_z_q);
        let (_, d_encoder) = self.encoder.net.backward(&coded, d_z_e);
        self.move_codebook(z_e, d_codebook)?;
        self.encoder.step(loss, &d_encoder);
        self.decoder.step(loss, &d_decoder);
        Ok(loss)
    }
    // ANCHOR_END: step

    /// What the decoder receives, and the shares of a mixture, if it is one.
    fn forward(
        &self,
        z_e: &Array2<f32>,
    ) -> Result<(Array2<f32>, Array2<f32>), QuantizeError> {
        let codebook = self.codebook();
        let none = Array2::zeros((0, 0));
        Ok(match &self.past {
            &Past::Gumbel(from, to) => {
                let shape = (z_e.nrows(), codebook.nrows());
                let mut rng = rng_at(self.seed, self.encoder.adam.t);
                let noise = gumbel_noise(shape, &mut rng); // [B, K]
                let tau = self.temperature(from, to);
                let mixed = gumbel_softmax(z_e, codebook, &noise, tau)?;
                (mixed.z_q, mixed.p)
            }
            Past::FiniteScalar(levels) => {
                (finite_scalar(z_e, levels)?.z_q, none)
            }
            _ => (straight_through(z_e, codebook)?.z_q, none),
        })
    }

    /// What the encoder is told, and what the codebook is.
    fn backward(
        &self,
        z_e: &Array2<f32>,
        z_q: &Array2<f32>,
        p: &Array2<f32>,
        d_z_q: Array2<f32>,
    ) -> (Array2<f32>, Option<Array2<f32>>) {
        match &self.past {
            Past::Nothing => (d_z_q * 0.0, None),
            Past::StraightThrough => (straight_through_backward(d_z_q), None),
            Past::Rotation => (rotation_backward(z_e, z_q, d_z_q), None),
            &Past::Gumbel(from, to) => {
                let (codebook, tau) =
                    (self.codebook(), self.temperature(from, to));
                let (d_z, d_codebook) =
                    gumbel_softmax_backward(z_e, codebook, p, tau, &d_z_q);
                (d_z, Some(d_codebook))
            }
            Past::FiniteScalar(_) => {
                (finite_scalar_backward(z_e, d_z_q), None)
            }
        }
    }

    /// By its gradient where it has one, towards the means where it has none; not at all when it stands still.
    fn move_codebook(
        &mut self,
        z_e: &Array2<f32>,
        d_codebook: Option<Array2<f32>>,
    ) -> Result<(), QuantizeError> {
        if self.keep == 1.0 {
            return Ok(());
        }
        if let Some(d_codebook) = d_codebook {
            let mut d_table = self.table.net.clone();
            d_table.layers[0].w = d_codebook;
            d_table.layers[0].b.fill(0.0);
            self.table.step(0.0, &d_table);
            return Ok(());
        }
        if matches!(self.past, Past::FiniteScalar(_)) {
            return Ok(());
        }
        let indices = nearest(z_e, self.codebook())?; // [B]
        let means = cluster_means(z_e, &indices, self.codebook()); // [K, C]
        let moved = self.codebook() * self.keep + means * (1.0 - self.keep);
        self.set_codebook(moved);
        Ok(())
    }
}

impl<B: FnMut(u64) -> Array2<f32>> Resumable for Training<B> {
    fn steps_done(&self) -> u64 {
        self.encoder.adam.t
    }

    fn step(&mut self) -> String {
        let step = self.steps_done();
        let x = (self.batches)(step);
        let cool = if self.progress() < 0.7 { 1.0 } else { 0.1 };
        for model in [&mut self.encoder, &mut self.decoder, &mut self.table] {
            model.adam.config.lr = cool * self.lr;
        }
        let loss = self.step_on(&x).expect("finite latents of one width");
        format!("loss {loss:.4}")
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.encoder.save("encoder", checkpoint);
        self.decoder.save("decoder", checkpoint);
        self.table.save("table", checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let mut encoder = self.encoder.clone();
        let mut decoder = self.decoder.clone();
        encoder.restore("encoder", checkpoint)?;
        decoder.restore("decoder", checkpoint)?;
        self.table.restore("table", checkpoint)?;
        (self.encoder, self.decoder) = (encoder, decoder);
        Ok(())
    }
}
