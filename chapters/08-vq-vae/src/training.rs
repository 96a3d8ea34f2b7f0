//! A VQ-VAE in training, and what is left of it on disk.

use std::time::{Duration, Instant};

use commitment_loss::plain::CommitmentError;
use commitment_loss::quantizer::{Learning, Quantizer, Revival, Settings};
use gradients::model::Model;
use gradients::plain::{Adam, AdamConfig};
use lab::{Checkpoint, CheckpointError, Resumable, rng_at};
use ndarray::{Array2, aview1};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::Uniform;

pub use crate::model::{Sizes, VqVae, VqVaeError, load};
pub use crate::plain::mse_over_variance;
use crate::plain::{half, space_to_depth, step};

/// Where a codebook starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Among the first latents: k-means++, then so many steps of Lloyd's algorithm.
    Latents {
        /// Of Lloyd's algorithm.
        steps: usize,
    },
    /// Near zero, each component uniform between -1 / K and 1 / K.
    Uniform,
}

/// How a VQ-VAE is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// Of the network.
    pub sizes: Sizes,
    /// Images in a batch.
    pub batch: usize,
    /// Steps over which the step size falls to zero.
    pub steps: u64,
    /// The optimiser of encoder and decoder.
    pub adam: AdamConfig,
    /// The codebook's constants.
    pub quantizer: Settings,
    /// Where the codebook starts.
    pub start: Start,
    /// Of the pixels that are learnt from: what the squared error is divided by.
    pub variance: f64,
}

impl Default for Config {
    /// The page's recipe, for the bundled digits.
    fn default() -> Self {
        Self {
            sizes: Sizes::default(),
            batch: 64,
            steps: 9000,
            adam: AdamConfig { lr: 3e-3, ..AdamConfig::default() },
            quantizer: Settings {
                learning: Learning::Ema { gamma: 0.95, debias: true },
                revival: Some(Revival { threshold: 0.1 }),
                usage_decay: 0.95,
                ..Settings::default()
            },
            start: Start::Latents { steps: 10 },
            variance: 0.0949,
        }
    }
}

/// A run in progress. `data` gives the n-th batch of images, `[B, 784]` in [0, 1]; as a function of n alone it lets a
/// resumed run see what an uninterrupted one would have seen.
pub struct Training<'a> {
    /// How it is trained.
    pub config: Config,
    /// The network.
    pub model: VqVae<f32>,
    /// The codebook, and how it learns.
    pub quantizer: Quantizer<f32>,
    /// Of encoder and decoder.
    pub adam: [Adam<f32>; 2],
    /// Squared error over variance before each step.
    pub losses: Vec<f32>,
    /// How often a code has started again.
    pub revived: u64,
    /// How long the steps have taken, in all sittings.
    pub time: Duration,
    seed: u64,
    data: Box<dyn FnMut(u64) -> Array2<f32> + Send + 'a>,
}

impl<'a> Training<'a> {
    /// A network that has not been trained yet.
    ///
    /// # Errors
    /// The first batch has fewer latents than there are codes, a latent is not finite, or a constant of the quantizer is
    /// none.
    pub fn new(
        config: Config,
        mut data: impl FnMut(u64) -> Array2<f32> + Send + 'a,
        seed: u64,
    ) -> Result<Self, CommitmentError> {
        let rng = &mut rng_at(seed, u64::MAX);
        let mut model = VqVae::new(config.sizes, rng);
        let quantizer = start(&config, &model, &data(0), seed)?;
        model.codebook.assign(quantizer.codebook());
        let adam = [&model.encoder, &model.decoder]
            .map(|net| Adam::new(net, config.adam));
        Ok(Self {
            config,
            model,
            quantizer,
            adam,
            losses: Vec::new(),
            revived: 0,
            time: Duration::ZERO,
            seed,
            data: Box::new(data),
        })
    }

    /// The n-th batch of images, `[B, 784]`.
    pub fn batch(&mut self, n: u64) -> Array2<f32> {
        (self.data)(n)
    }

    // ANCHOR: train
    /// Eq. 8.8: a step of encoder and decoder, then one of the codebook.
    ///
    /// # Errors
    /// The run diverged.
    pub fn train_once(&mut self) -> Result<f32, CommitmentError> {
        let Config { sizes, variance, adam, .. } = self.config;
        let n = self.losses.len() as u64;
        let x = space_to_depth(&self.batch(n), sizes.patch); // [N, patch²]
        let VqVae { encoder, decoder, codebook, .. } = &mut self.model;
        let nets = (&*encoder, &*decoder);
        let done = step(nets, &self.quantizer, x, sizes.side(), variance)?;
        for of in &mut self.adam {
            of.config.lr = adam.lr * self.config.left(n);
        }
        self.adam[0].step(encoder, &done.d_encoder);
        self.adam[1].step(decoder, &done.d_decoder);
        let indices = &done.found.quantized.indices; // [N]
        let rng = &mut rng_at(self.seed, n);
        let revived = self.quantizer.learn(&done.z_e, indices, rng)?;
        codebook.assign(self.quantizer.codebook());
        self.revived += revived.len() as u64;
        self.losses.push(done.reconstruction);
        Ok(done.reconstruction)
    }
    // ANCHOR_END: train
}

impl Config {
    /// What is left of the step size at step `n`, from 1 to 0.
    pub fn left(&self, n: u64) -> f64 {
        (1.0 - n as f64 / self.steps.max(1) as f64).max(0.0)
    }
}

fn start(
    config: &Config,
    model: &VqVae<f32>,
    x: &Array2<f32>,
    seed: u64,
) -> Result<Quantizer<f32>, CommitmentError> {
    let Sizes { codes, width, patch, .. } = config.sizes;
    let rng = &mut rng_at(seed, u64::MAX - 1);
    match config.start {
        Start::Latents { steps } => {
            let rows = space_to_depth(x, patch); // [N, patch²]
            let z_e = half(&model.encoder, rows, config.sizes.side()).y;
            Quantizer::from_latents(&z_e, codes, steps, config.quantizer, rng)
        }
        Start::Uniform => {
            let reach = 1.0 / codes.max(1) as f32;
            let even = Uniform::new_inclusive(-reach, reach)
                .expect("a reach is finite and not negative");
            let codebook = Array2::random_using((codes, width), even, rng);
            Quantizer::new(codebook, config.quantizer)
        }
    }
}

impl Resumable for Training<'_> {
    fn steps_done(&self) -> u64 {
        self.losses.len() as u64
    }

    fn step(&mut self) -> String {
        let begun = Instant::now();
        let said = match self.train_once() {
            Ok(loss) => format!("MSE/var {loss:.4}"),
            Err(e) => {
                // No checkpoint takes such a loss, so the run ends there.
                self.losses.push(f32::NAN);
                e.to_string()
            }
        };
        self.time += begun.elapsed();
        said
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        let VqVae { encoder, decoder, .. } = &self.model;
        let [of_encoder, of_decoder] = &self.adam;
        for (name, net, adam) in [
            ("encoder", encoder, of_encoder),
            ("decoder", decoder, of_decoder),
        ] {
            let (net, adam) = (net.clone(), adam.clone());
            Model { net, adam, losses: Vec::new() }.save(name, checkpoint);
        }
        self.quantizer.save("quantizer", checkpoint);
        checkpoint.put("losses", &aview1(&self.losses));
        checkpoint.note("config", format!("{:?}", self.config));
        checkpoint.note("revived", self.revived);
        checkpoint.note("milliseconds", self.time.as_millis());
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        checkpoint.expect_note("config", format!("{:?}", self.config))?;
        let mut model = self.model.clone();
        let mut adam = self.adam.clone();
        let [of_encoder, of_decoder] = &mut adam;
        for (name, net, adam) in [
            ("encoder", &mut model.encoder, of_encoder),
            ("decoder", &mut model.decoder, of_decoder),
        ] {
            let losses = Vec::new();
            let mut both =
                Model { net: net.clone(), adam: adam.clone(), losses };
            both.restore(name, checkpoint)?;
            (*net, *adam) = (both.net, both.adam);
        }
        let losses = checkpoint.array("losses")?.iter().copied().collect();
        let revived = checkpoint.number("revived")?;
        let time = checkpoint.number("milliseconds")?;
        self.quantizer.restore("quantizer", checkpoint)?;
        model.codebook.assign(self.quantizer.codebook());
        (self.model, self.adam) = (model, adam);
        (self.losses, self.revived) = (losses, revived);
        self.time = Duration::from_millis(time);
        Ok(())
    }
}
