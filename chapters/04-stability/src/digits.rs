//! The convolutional pair that draws digits, and its recipe.

use datasets::Digits;
use gan::digits::batches;
use gan::training::Noise;
use gradients::plain::{Activation, AdamConfig};
use lab::{Lab, rng_at};

use crate::net::{Layer, Map, Net, layer};
use crate::pair::{Config, Game, Pair, Penalties};

const LEAKY: Activation = Activation::LeakyRelu(0.2);

/// How large the two networks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The generator's channels at 14 × 14 and at 7 × 7.
    pub g: (usize, usize),
    /// The discriminator's.
    pub d: (usize, usize),
    /// Width of the dense layer.
    pub dense: usize,
    /// Rows of a group of the minibatch deviation; `None` leaves it out.
    pub group: Option<usize>,
}

/// Those of the page, at any scale.
pub fn sizes(lab: &Lab) -> Sizes {
    let g = lab.by_scale((2, 3), (32, 64), (64, 128));
    let d = lab.by_scale((2, 3), (16, 32), (32, 64));
    let dense = lab.by_scale(8, 256, 512);
    Sizes { g, d, dense, group: Some(16) }
}

// ANCHOR: recipe
/// The recipe for digits, over so many steps.
pub fn recipe(steps: u64) -> Config {
    let adam = AdamConfig { lr: 2e-3, beta1: 0.0, beta2: 0.99, eps: 1e-8 };
    Config {
        game: Game::NonSaturating,
        batch: 64,
        noise: Noise::normal(64),
        penalties: Penalties { real: 3.0, fake: 0.0, between: 0.0 },
        every: 4,
        g: adam,
        d: adam,
        cool: Some(steps),
        ..Config::default()
    }
}
// ANCHOR_END: recipe

// ANCHOR: networks
/// Generator and discriminator for images of 28 × 28, the latter for
/// `pack` of them side by side.
pub fn networks(
    noise: Noise,
    pack: usize,
    Sizes { g: (many, more), d: (few, some), dense, group }: Sizes,
    seed: u64,
) -> (Net<f32>, Net<f32>) {
    let rng = &mut rng_at(seed, u64::MAX);
    let z = noise.width();
    let g = vec![
        layer(Map::Dense, (z, dense), LEAKY, rng),
        layer(Map::Dense, (dense, 49 * more), LEAKY, rng), // 7 × 7
        layer(Map::Up { side: 7 }, (more, many), LEAKY, rng), // 14 × 14
        layer(Map::Up { side: 14 }, (many, 1), Activation::Tanh, rng),
    ];
    let mut d: Vec<Layer<f32>> = vec![
        layer(Map::Down { side: 28 }, (pack, few), LEAKY, rng), // 14 × 14
        layer(Map::Down { side: 14 }, (few, some), LEAKY, rng), // 7 × 7
        layer(Map::Dense, (49 * some, dense), LEAKY, rng),
    ];
    let linear = Activation::Identity;
    if let Some(group) = group {
        d.push(layer(Map::Deviation { group }, (0, 0), linear, rng));
    }
    let seen = dense + usize::from(group.is_some());
    d.push(layer(Map::Dense, (seen, 1), linear, rng));
    (Net { layers: g }, Net { layers: d })
}
// ANCHOR_END: networks

/// A pair that has not been trained.
///
/// # Errors
/// There are fewer digits than a batch takes.
pub fn pair<'a>(
    config: Config,
    sizes: Sizes,
    seed: u64,
    train: &'a Digits,
) -> anyhow::Result<Pair<'a>> {
    let nets = networks(config.noise, config.pack, sizes, seed);
    let data = batches(train, config.batch, seed)?;
    Ok(Pair::new(config, nets, seed, data))
}
