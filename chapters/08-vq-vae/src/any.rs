//! The same two halves around any quantiser.

use commitment_loss::bottleneck::{Coded, Kept};
use commitment_loss::plain::CommitmentError;
use commitment_loss::training::diverged;
use gradients::model::Model;
use gradients::plain::{mse, mse_backward, product};
use lab::{
    ChaCha8Rng, Checkpoint, CheckpointError, Diverged, Resumable, digest,
    rng_at,
};
use ndarray::{Array2, s};
use ndarray_rand::rand::Rng;

use crate::model::{VqVae, VqVaeError};
use crate::plain::{half, half_backward, space_to_depth};
use crate::training::Config;

/// A run in progress, whose quantiser is any.
pub struct AnyTraining<'a> {
    /// How it is trained. What it says of a quantizer, its start and prices is not used here.
    pub config: Config,
    /// patch² → C → … → D, with its optimiser; its loss is the commitment term.
    pub encoder: Model,
    /// D → C → … → patch², with its optimiser; its loss is squared error over variance.
    pub decoder: Model,
    /// What stands between them.
    pub bottleneck: Box<dyn Kept + 'a>,
    /// Whether a step hands the decoder the first numbers alone, as many as are drawn.
    pub prefixes: bool,
    /// What stood between them at the start, in words and a digest.
    start: String,
    seed: u64,
    data: Box<dyn FnMut(u64) -> Array2<f32> + 'a>,
}

impl<'a> AnyTraining<'a> {
    /// A network that has not been trained yet. `data` gives the n-th batch, `[B, 784]` in [0, 1]; `start` makes a quantiser of
    /// the first latents, `[N, D]`.
    ///
    /// # Errors
    /// What `start` says.
    pub fn new(
        config: Config,
        start: impl FnOnce(
            &Array2<f32>,
            &mut ChaCha8Rng,
        ) -> Result<Box<dyn Kept + 'a>, CommitmentError>,
        mut data: impl FnMut(u64) -> Array2<f32> + 'a,
        seed: u64,
    ) -> Result<Self, CommitmentError> {
        let rng = &mut rng_at(seed, u64::MAX);
        let VqVae { encoder, decoder, sizes, .. } =
            VqVae::new(config.sizes, rng);
        let x = space_to_depth(&data(0), sizes.patch); // [N, patch²]
        let z_e = half(&encoder, x, sizes.side()).y; // [N, D]
        let bottleneck = start(&z_e, &mut rng_at(seed, u64::MAX - 1))?;
        let start = described(&*bottleneck, &z_e)?;
        Ok(Self {
            config,
            encoder: Model::new("encoder", encoder, config.adam),
            decoder: Model::new("decoder", decoder, config.adam),
            bottleneck,
            prefixes: false,
            start,
            seed,
            data: Box::new(data),
        })
    }

    // ANCHOR: train
    /// Eq. 8.7 and 8.8 with another quantiser in the middle.
    ///
    /// # Errors
    /// The run diverged.
    pub fn train_once(&mut self) -> Result<f32, Diverged> {
        let Config { sizes, variance, adam, .. } = self.config;
        let (n, side) = (self.steps_done(), sizes.side());
        let named = |e: CommitmentError| diverged(n, &e);
        let rng = &mut rng_at(self.seed, n);
        let x = space_to_depth(&(self.data)(n), sizes.patch); // [N, patch²]
        let encoded = half(&self.encoder.net, x, side);
        let (x, z_e) = (&encoded.x, &encoded.y); // [N, patch²], [N, D]
        let found = self.bottleneck.quantize(z_e).map_err(named)?;
        let z_q = self.heard(&found, rng); // [N, D]
        let net = &self.decoder.net;
        let decoded = half(net, z_q, side);
        let scale = 1.0 / variance as f32;
        let d_x_hat = mse_backward(&decoded.y, x) * scale; // [N, patch²]
        let (d_s, d_decoder) = half_backward(net, &decoded, &d_x_hat, side);
        let d_z_q = product(d_s.view(), net.layers[0].w.t()); // [N, D]
        let d_z_e = self.bottleneck.encoder_gradient(z_e, &found, d_z_q);
        let net = &self.encoder.net;
        let (_, d_encoder) = half_backward(net, &encoded, &d_z_e, side);
        let loss = mse(&decoded.y, x) * scale;
        for of in [&mut self.encoder, &mut self.decoder] {
            of.adam.config.lr = adam.lr * self.config.left(n);
        }
        self.encoder.step(found.loss, &d_encoder)?;
        self.decoder.step(loss, &d_decoder)?;
        self.bottleneck.learn(z_e, &found, rng).map_err(named)?;
        Ok(loss)
    }

    /// What the decoder is handed: all, or what the first numbers of each
    /// latent say. `[N, D]`
    fn heard(&self, found: &Coded<f32>, rng: &mut impl Rng) -> Array2<f32> {
        if !self.prefixes {
            return found.z_q.clone();
        }
        let n = rng.random_range(1..=found.codes.ncols());
        let first = found.codes.slice(s![.., ..n]).to_owned(); // [N, n]
        self.bottleneck.vectors(&first)
    }
    // ANCHOR_END: train

    fn network(&self) -> VqVae<f32> {
        VqVae {
            sizes: self.config.sizes,
            encoder: self.encoder.net.clone(),
            codebook: Array2::zeros((0, self.config.sizes.width)),
            prices: None,
            decoder: self.decoder.net.clone(),
        }
    }

    /// The codes of images `[N, 784]`: the numbers of a place stand side by side. `[N, S² · L]`
    ///
    /// # Errors
    /// The images have not 784 pixels, or a latent is not finite.
    pub fn encode(&self, x: &Array2<f32>) -> anyhow::Result<Array2<usize>> {
        let z = self.network().latents(x)?; // [N · S², D]
        let codes = self.bottleneck.quantize(&z)?.codes; // [N · S², L]
        let row = self.config.sizes.places() * codes.ncols();
        Ok(codes.into_shape_with_order((x.nrows(), row))?)
    }

    /// The images of codes `[N, S² · l]`, l numbers for each place. `[N, 784]`
    ///
    /// # Errors
    /// The codes are not those of whole images.
    ///
    /// # Panics
    /// A code is too large.
    pub fn decode(
        &self,
        codes: &Array2<usize>,
    ) -> Result<Array2<f32>, VqVaeError> {
        let places = self.config.sizes.places();
        let most = self.bottleneck.levels().len();
        let each = (codes.ncols() / places).clamp(1, most);
        if each * places != codes.ncols() {
            let (what, found) = ("codes", codes.ncols());
            let expected = each * places;
            return Err(VqVaeError::Row { what, expected, found });
        }
        let shape = (codes.nrows() * places, each);
        let all = codes.iter().copied().collect();
        let codes = Array2::from_shape_vec(shape, all).expect("whole maps");
        self.network().draw(&self.bottleneck.vectors(&codes))
    }
}

/// The constants of a quantiser that has learnt nothing, and a digest of the vectors that it gives these latents.
fn described(
    bottleneck: &dyn Kept,
    z_e: &Array2<f32>,
) -> Result<String, CommitmentError> {
    let mut kept = Checkpoint::default();
    bottleneck.save("bottleneck", &mut kept);
    let vectors = digest([&bottleneck.quantize(z_e)?.z_q]);
    Ok(format!("{:?}, vectors: {vectors}", kept.notes))
}

impl Resumable for AnyTraining<'_> {
    fn steps_done(&self) -> u64 {
        self.encoder.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let loss = self.train_once()?;
        Ok(format!("MSE/var {loss:.4}"))
    }

    fn configuration(&mut self) -> String {
        let first = digest([&(self.data)(0)]);
        let (levels, prefixes) = (self.bottleneck.levels(), self.prefixes);
        let start = &self.start;
        let what =
            format!("levels: {levels:?}, prefixes: {prefixes}\n{start}");
        format!("first batch: {first}\n{what}\n{:#?}", self.config)
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.encoder.save(checkpoint);
        self.decoder.save(checkpoint);
        self.bottleneck.save("bottleneck", checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let mut encoder = self.encoder.clone();
        let mut decoder = self.decoder.clone();
        encoder.restore(checkpoint)?;
        decoder.restore(checkpoint)?;
        self.bottleneck.restore("bottleneck", checkpoint)?;
        (self.encoder, self.decoder) = (encoder, decoder);
        Ok(())
    }
}
