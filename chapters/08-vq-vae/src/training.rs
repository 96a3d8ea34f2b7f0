//! A VQ-VAE in training, and what is left of it on disk.

use commitment_loss::plain::CommitmentError;
use commitment_loss::quantizer::{Learning, Quantizer, Settings};
use commitment_loss::training::diverged;
use datasets::Digits;
use gradients::model::Model;
use gradients::plain::AdamConfig;
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, digest, rng_at};
use ndarray::Array2;
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::Uniform;
use straight_through::plain::Quantized;

use crate::model::PRICES;
pub use crate::model::{Sizes, VqVae, VqVaeError, load};
use crate::on_dfdx;
pub use crate::plain::mse_over_variance;
use crate::plain::{half, space_to_depth, step};
pub use crate::rate::{Prices, Rate};

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
    /// What a bit costs, if it costs anything.
    pub rate: Option<Rate>,
    /// Of the pixels that are learnt from: what the squared error is divided by.
    pub variance: f64,
}

impl Default for Config {
    // ANCHOR: recipe
    /// The page's recipe, for the bundled digits.
    fn default() -> Self {
        Self {
            sizes: Sizes::default(),
            batch: 64,
            steps: 12_000,
            adam: AdamConfig {
                lr: 1.5e-3,
                beta2: 0.99,
                ..AdamConfig::default()
            },
            quantizer: Settings {
                learning: Learning::Ema { gamma: 0.95, debias: true },
                beta: 1.0,
                usage_decay: 0.95,
                ..Settings::default()
            },
            start: Start::Latents { steps: 10 },
            rate: Some(Rate { lambda: 0.3, warm_up: 3000, keep: 0.99 }),
            variance: 0.0949,
        }
    }
    // ANCHOR_END: recipe
}

/// A run in either room.
pub trait Trained: Resumable {
    /// The network now.
    fn model(&self) -> VqVae<f32>;

    /// The codebook now, and how it learns.
    fn quantizer(&self) -> Quantizer<f32>;

    /// Squared error over variance before each step.
    fn losses(&self) -> Vec<f32>;

    /// How often a code has started again.
    fn revived(&self) -> u64;
}

/// Where a run's images come from. `data` gives the n-th batch, `[B, 784]` in [0, 1]; as a function of n alone it lets a
/// resumed run see what an uninterrupted one would have seen.
pub struct Source<'a> {
    /// Of the draws that revival makes.
    pub seed: u64,
    data: Box<dyn FnMut(u64) -> Array2<f32> + Send + 'a>,
}

impl Source<'_> {
    /// The n-th batch of images, `[B, 784]`.
    pub fn batch(&mut self, n: u64) -> Array2<f32> {
        (self.data)(n)
    }
}

/// A run in progress.
pub struct Training<'a> {
    /// How it is trained.
    pub config: Config,
    /// patch² → C → … → C → D, with its optimiser; its loss is the commitment term.
    pub encoder: Model,
    /// D → C → … → C → patch², with its optimiser; its loss is squared error over variance.
    pub decoder: Model,
    /// The codebook, and how it learns.
    pub quantizer: Quantizer<f32>,
    /// What the codes cost, if they cost anything.
    pub prices: Option<Prices<f32>>,
    /// How often a code has started again.
    pub revived: u64,
    /// What it learns from.
    pub source: Source<'a>,
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
        let model = VqVae::new(config.sizes, rng);
        let quantizer = start(&config, &model, &data(0), seed)?;
        let Sizes { codes, .. } = config.sizes;
        let prices = |rate| Prices::new(rate, config.sizes.places(), codes);
        let prices = config.rate.map(prices).transpose()?;
        let VqVae { encoder, decoder, .. } = model;
        Ok(Self {
            config,
            encoder: Model::new("encoder", encoder, config.adam),
            decoder: Model::new("decoder", decoder, config.adam),
            quantizer,
            prices,
            revived: 0,
            source: Source { seed, data: Box::new(data) },
        })
    }

    // ANCHOR: train
    /// Eq. 8.8: a step of encoder and decoder, then one of the codebook.
    ///
    /// # Errors
    /// The run diverged.
    pub fn train_once(&mut self) -> Result<f32, Diverged> {
        let Config { sizes, variance, adam, .. } = self.config;
        let n = self.steps_done();
        let named = |e: CommitmentError| diverged(n, &e);
        let x = self.source.batch(n); // [B, 784]
        let x = space_to_depth(&x, sizes.patch); // [N, patch²]
        let nets = (&self.encoder.net, &self.decoder.net);
        let prices = self.price_table(); // [S², K]
        let codes = (&self.quantizer, prices.as_ref());
        let done = step(nets, codes, x, sizes.side(), variance);
        let done = done.map_err(named)?;
        for of in [&mut self.encoder, &mut self.decoder] {
            of.adam.config.lr = adam.lr * self.config.left(n);
        }
        self.encoder.step(done.found.commitment_loss, &done.d_encoder)?;
        self.decoder.step(done.reconstruction, &done.d_decoder)?;
        let Quantized { z_q, indices } = &done.found.quantized;
        if let Some(prices) = &mut self.prices {
            prices.learn(&done.z_e, z_q, indices);
        }
        let rng = &mut rng_at(self.source.seed, n);
        let revived = self.quantizer.learn(&done.z_e, indices, rng);
        self.revived += revived.map_err(named)?.len() as u64;
        Ok(done.reconstruction)
    }
    // ANCHOR_END: train

    /// What the codes cost now. `[S², K]`
    fn price_table(&self) -> Option<Array2<f32>> {
        let n = self.steps_done();
        self.prices.as_ref().map(|prices| prices.table(n))
    }
}

impl Config {
    /// The same over so many steps, of which the first quarter raise the price of a bit.
    pub fn over(self, steps: u64) -> Self {
        let warm_up = steps.div_ceil(4);
        let rate = self.rate.map(|rate| Rate { warm_up, ..rate });
        Self { steps, rate, ..self }
    }

    /// The same at another price of a bit; 0 is none.
    pub fn at_price(self, lambda: f64) -> Self {
        let free = lambda == 0.0;
        let rate = self.rate.map(|rate| Rate { lambda, ..rate });
        Self { rate: rate.filter(|_| !free), ..self }
    }

    /// What is left of the step size at step `n`, from 1 to 0.
    pub fn left(&self, n: u64) -> f64 {
        (1.0 - n as f64 / self.steps.max(1) as f64).max(0.0)
    }
}

/// The variance of all pixels of digits in [0, 1], from how often each grey value occurs.
pub fn pixel_variance(digits: &Digits) -> f64 {
    let mut counts = [0_u64; 256];
    digits.images.iter().for_each(|v| counts[usize::from(*v)] += 1);
    let mean = |power: i32| {
        let values = counts.iter().enumerate();
        let sum: f64 = values
            .map(|(v, n)| (v as f64 / 255.0).powi(power) * *n as f64)
            .sum();
        sum / digits.images.len() as f64
    };
    mean(2) - mean(1).powi(2)
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
        self.encoder.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let loss = self.train_once()?;
        Ok(format!("MSE/var {loss:.4}"))
    }

    fn configuration(&mut self) -> String {
        let first = digest([&self.source.batch(0)]);
        format!("first batch: {first}\n{:#?}", self.config)
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.encoder.save(checkpoint);
        self.decoder.save(checkpoint);
        self.quantizer.save("quantizer", checkpoint);
        if let Some(prices) = &self.prices {
            prices.save(checkpoint);
            checkpoint.put(PRICES, &prices.table(self.steps_done()));
        }
        checkpoint.note("revived", self.revived);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let revived = checkpoint.number("revived")?;
        let mut encoder = self.encoder.clone();
        let mut decoder = self.decoder.clone();
        encoder.restore(checkpoint)?;
        decoder.restore(checkpoint)?;
        let mut prices = self.prices.clone();
        prices.iter_mut().try_for_each(|p| p.restore(checkpoint))?;
        self.quantizer.restore("quantizer", checkpoint)?;
        self.prices = prices;
        (self.encoder, self.decoder) = (encoder, decoder);
        self.revived = revived;
        Ok(())
    }
}

impl Trained for Training<'_> {
    fn model(&self) -> VqVae<f32> {
        VqVae {
            sizes: self.config.sizes,
            encoder: self.encoder.net.clone(),
            codebook: self.quantizer.codebook().clone(),
            prices: self.price_table(),
            decoder: self.decoder.net.clone(),
        }
    }

    fn quantizer(&self) -> Quantizer<f32> {
        self.quantizer.clone()
    }

    fn losses(&self) -> Vec<f32> {
        self.decoder.losses.clone()
    }

    fn revived(&self) -> u64 {
        self.revived
    }
}

/// The run in the lab's room.
///
/// # Errors
/// The device is not there.
pub fn in_room<'a>(
    lab: &lab::Lab,
    training: Training<'a>,
) -> anyhow::Result<Box<dyn Trained + 'a>> {
    lab::in_room!(lab, training, |dev, plain| {
        on_dfdx::Training::new(&dev, plain)
    })
}
