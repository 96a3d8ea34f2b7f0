//! The digits' pair and its recipe, for this chapter's experiments and for whoever needs a GAN to compare with.

use datasets::{Batches, Digits, PixelRange};
use gradients::plain::{Activation, AdamConfig, Mlp};
use judge::classifier::learnt_from;
use lab::{Lab, rng_at};
use ndarray::Array2;

use crate::plain::{Game, Penalties};
use crate::training::{Config, Gan, Noise};

/// What the generator gives, tanh's range, as pixels in [0, 1].
pub fn unit(x: Array2<f32>) -> Array2<f32> {
    x.mapv_into(|v| 0.5 * (v + 1.0))
}

/// Digits that generators learn from, batch by batch, in [-1, 1].
///
/// # Errors
/// There are fewer digits than a batch takes.
pub fn batches(
    train: &Digits,
    size: usize,
    seed: u64,
) -> anyhow::Result<impl FnMut(u64) -> Array2<f32> + Send + '_> {
    let mut batches = Batches::new(learnt_from(train.len()), size, seed)?;
    Ok(move |n| train.pixels(&batches.batch(n), PixelRange::Symmetric))
}

// ANCHOR: recipe
/// The recipe of chapter 3 for digits, over so many steps.
pub fn recipe(steps: u64) -> Config {
    let adam = AdamConfig { lr: 5e-4, beta1: 0.0, beta2: 0.99, eps: 1e-8 };
    Config {
        game: Game::NonSaturating,
        batch: 64,
        noise: Noise::normal(64),
        penalties: Penalties { real: 3.0, fake: 0.0 },
        every: 4,
        g: adam,
        d: adam,
        cool: Some(steps),
        ..Config::default()
    }
}
// ANCHOR_END: recipe

/// The widths of the generator's hidden layers on the page.
pub const WIDTHS: (usize, usize) = (256, 512);

/// The same at any scale.
pub fn widths(lab: &Lab) -> (usize, usize) {
    lab.by_scale((16, 16), WIDTHS, (512, 1024))
}

/// A pair for digits that has not been trained, with hidden layers of these widths, the generator's first.
///
/// # Errors
/// There are fewer digits than a batch takes.
pub fn pair<'a>(
    lab: &Lab,
    train: &'a Digits,
    (small, large): (usize, usize),
) -> anyhow::Result<Gan<'a>> {
    let config = recipe(lab.by_scale(60, 56_000, 80_000));
    players(config, lab.seed(), train, (small, large))
}

/// The same, trained by any configuration.
///
/// # Errors
/// As for [`pair`].
pub fn players(
    config: Config,
    seed: u64,
    train: &Digits,
    widths: (usize, usize),
) -> anyhow::Result<Gan<'_>> {
    let nets = networks(config.noise, seed, widths);
    let data = batches(train, config.batch, seed)?;
    Ok(Gan::new(config, nets, seed, data))
}

/// Its generator and its discriminator.
pub fn networks(
    noise: Noise,
    seed: u64,
    (small, large): (usize, usize),
) -> (Mlp<f32>, Mlp<f32>) {
    let net = |widths: &[usize], last, stream| {
        let leaky = Activation::LeakyRelu(0.2);
        Mlp::new(widths, leaky, last, &mut rng_at(seed, stream))
    };
    let z = noise.width();
    let g = net(&[z, small, large, 784], Activation::Tanh, u64::MAX);
    let d = net(&[784, large, small, 1], Activation::Identity, u64::MAX - 1);
    (g, d)
}
