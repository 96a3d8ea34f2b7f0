//! The experiments of chapter 2, a file for each.

pub mod article;
pub mod blur;
pub mod detach;
pub mod k_steps;
pub mod leak;
pub mod mixtures;
pub mod parity;
pub mod smoothing;
pub mod strong;
pub mod two_batches;
pub mod two_slopes;
pub mod watched;

use datasets::toy::{Density, GaussianMixture};
use datasets::{Batches, Digits, PixelRange, Split};
use gradients::plain::{Activation, AdamConfig, Mlp, sigmoid};
use lab::{ChaCha8Rng, Lab};
use ndarray::{Array1, Array2};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use crate::training::{Config, Discriminates, Discriminator, in_room};

fn single(x: Array2<f64>) -> Array2<f32> {
    x.mapv(|v| v as f32)
}

/// Points on a line as a column `[N, 1]`.
fn line(from: f64, to: f64, n: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, 1), |(i, _)| {
        from + (to - from) * i as f64 / (n - 1) as f64
    })
}

fn densities(of: &GaussianMixture, x: &Array2<f64>) -> Array1<f64> {
    of.log_densities(x).mapv(f64::exp) // [N]
}

fn probability(d: &Mlp<f32>, x: &Array2<f64>) -> Array1<f64> {
    let logits = d.output(&single(x.clone())); // [N, 1]
    logits.column(0).mapv(|s| f64::from(sigmoid(s))) // [N]
}

/// The largest error of a learnt D where the two densities are at least a tenth of their peak.
fn worst_where_it_matters(
    learnt: &Array1<f64>,
    best: &Array1<f64>,
    mass: &Array1<f64>,
) -> f64 {
    let peak = mass.iter().fold(0.0, |a: f64, b| a.max(*b));
    let seen =
        learnt.iter().zip(best).zip(mass).filter(|(_, m)| **m > 0.1 * peak);
    seen.map(|((a, b), _)| (a - b).abs()).fold(0.0, f64::max)
}

/// A discriminator of numbers, not trained yet, whose step size falls after two thirds of the steps.
fn on_a_line(
    lab: &Lab,
    change: impl Fn(&mut Config),
    steps: u64,
) -> anyhow::Result<Box<dyn Discriminates>> {
    let adam = AdamConfig { lr: 2e-3, ..AdamConfig::default() };
    let mut config = Config { cool_from: steps * 2 / 3, ..Config::new(adam) };
    change(&mut config);
    let rng = &mut lab.rng("mixtures");
    in_room(lab, Discriminator::of_widths(&[1, 64, 64, 1], config, rng))
}

/// The article's generator, 100 → 128 → 784, at its random start.
fn untrained_generator(lab: &Lab, pixels: usize) -> Mlp<f32> {
    Mlp::new(
        &[100, 128, pixels],
        Activation::Relu,
        Activation::Tanh,
        &mut lab.rng("generator"),
    )
}

fn noise(rows: usize, rng: &mut ChaCha8Rng) -> Array2<f32> {
    Array2::random_using((rows, 100), StandardNormal, rng) // [B, 100]
}

fn column_of_noise(rows: usize, rng: &mut ChaCha8Rng) -> Array2<f32> {
    Array2::random_using((rows, 1), StandardNormal, rng) // [B, 1]
}

/// A discriminator of one hidden layer on pixels, at its random start.
fn untrained_discriminator(lab: &Lab, pixels: usize) -> Mlp<f32> {
    discriminator(pixels, &mut lab.rng("discriminator"))
}

fn discriminator(pixels: usize, rng: &mut ChaCha8Rng) -> Mlp<f32> {
    let (hidden, last) = (Activation::LeakyRelu(0.2), Activation::Identity);
    Mlp::new(&[pixels, 128, 1], hidden, last, rng)
}

/// The same in the lab's room, to be trained.
fn on_pixels(
    lab: &Lab,
    pixels: usize,
    adam: AdamConfig,
) -> anyhow::Result<Box<dyn Discriminates>> {
    let net = untrained_discriminator(lab, pixels);
    in_room(lab, Discriminator::new(net, Config::new(adam)))
}

/// Real digits, scaled to [-1, 1], in shuffled batches.
struct RealBatches {
    digits: Digits,
    batches: Batches,
}

impl RealBatches {
    fn new(lab: &Lab, batch: usize) -> anyhow::Result<Self> {
        Self::of_seed(lab, batch, 0)
    }

    /// In another order for each seed.
    fn of_seed(lab: &Lab, batch: usize, seed: u64) -> anyhow::Result<Self> {
        let digits = Digits::load_28x28(lab.data(), Split::Train)?;
        digits.at_least(batch)?;
        let batches =
            Batches::new(digits.len(), batch, lab.seed().wrapping_add(seed))?;
        Ok(Self { digits, batches })
    }

    fn at(&mut self, step: u64) -> Array2<f32> {
        self.digits.pixels(&self.batches.batch(step), PixelRange::Symmetric) // [B, 784]
    }
}

/// The first `n` digits nobody trains on, `[N, 784]`, and their size.
fn held_out(
    lab: &Lab,
    n: usize,
) -> anyhow::Result<(Array2<f32>, (usize, usize))> {
    let test = Digits::load_28x28(lab.data(), Split::Test)?;
    let rows: Vec<usize> = (0..test.len().min(n)).collect();
    Ok((test.pixels(&rows, PixelRange::Symmetric), test.size()))
}
