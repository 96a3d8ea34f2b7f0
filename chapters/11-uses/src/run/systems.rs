//! Three systems that draw emoji: a GAN, a VQ-VAE with a prior and a VQ-GAN with a prior, trained for about the same time.

use std::time::Instant;

use code_prior::model::Sizes as PriorSizes;
use code_prior::sampling::sample;
use code_prior::training as prior;
use datasets::{Batches, PixelRange};
use gan::training::Noise;
use gradients::plain::{AdamConfig, Parameters};
use lab::{Lab, rng_at};
use ndarray::Array2;
use stability::digits::Sizes;
use stability::pair::{self, Pair};
use vq_gan::model::VqGan;
use vq_gan::plain::Perception;
use vq_gan::training::{Config, Opponent, Training, in_room};
use vq_gan::viewer;
use vq_gan::wish::maps;

use crate::run::sheets::Sheets;
use crate::variety::{Manner, networks};

/// Steps of each training: together a system's take about as long as another's.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// Of the pair.
    pub gan: u64,
    /// Of a network without ruler and opponent, and of its prior.
    pub vq_vae: (u64, u64),
    /// Of a network with both, and of its prior.
    pub vq_gan: (u64, u64),
}

impl Steps {
    /// Those of a scale.
    pub fn of(lab: &Lab) -> Self {
        let page =
            Self { gan: 3200, vq_vae: (1700, 2600), vq_gan: (950, 2600) };
        let few = Self { gan: 3, vq_vae: (6, 3), vq_gan: (6, 3) };
        let many = Self {
            gan: 20 * page.gan,
            vq_vae: (20 * page.vq_vae.0, 10 * page.vq_vae.1),
            vq_gan: (20 * page.vq_gan.0, 10 * page.vq_gan.1),
        };
        lab.by_scale(few, page, many)
    }
}

/// How the pair is trained.
pub fn manner(lab: &Lab) -> Manner {
    let page = Manner::default();
    let small = Sizes { g: (2, 3), d: (2, 3), dense: 8, group: Some(2) };
    Manner { sizes: lab.by_scale(small, page.sizes, page.sizes), ..page }
}

/// Components of the pair's noise.
pub const NOISE: usize = 64;

/// Mirrored and moved copies of each picture that a prior learns from, as in chapter 10.
const COPIES: u64 = 7;

/// The stream of random numbers that says what is drawn.
pub const DRAWS: u64 = 1 << 61;

/// What a system draws, and what that takes.
pub struct Drawn {
    /// In [0, 1]. `[N, H·W·C]`
    pub x: Array2<f32>,
    /// Seconds to draw one picture, when all are drawn at once.
    pub each: f64,
    /// Seconds of its trainings.
    pub seconds: f64,
    /// Numbers in what draws.
    pub parameters: usize,
}

/// Numbers in a network.
pub fn count(net: &impl Parameters<f32>) -> usize {
    net.parameters().iter().map(|of| of.len()).sum()
}

/// Chapter 10's ruler of features, learnt here, and the seconds that it took.
///
/// # Errors
/// The training cannot be done.
pub fn ruler(
    lab: &Lab,
    sheets: &Sheets,
) -> anyhow::Result<(Perception<f32>, f64)> {
    let steps = lab.by_scale(3, 1500, 4000);
    let channels = lab.by_scale([4, 4, 6], [24, 48, 64], [24, 48, 64]);
    let seed = lab.seed().wrapping_add(1000);
    let (name, pictures) = ("variety-ruler", &sheets.pictures);
    let mut run =
        viewer::Training::new(name, pictures, channels, 64, seed, steps)?;
    lab.prepare(name, steps, &mut run)?;
    let few = sheets.contrast.apply(pictures.train.every(10));
    let seconds = lab.seconds(name)?;
    Ok((Perception::new(run.model.net, &few), seconds))
}

/// `n` pictures of the pair's averaged generator.
///
/// # Errors
/// The training cannot be done.
pub fn gan(
    lab: &Lab,
    sheets: &Sheets,
    (manner, steps): (Manner, u64),
    n: usize,
    (name, seed): (&str, u64),
) -> anyhow::Result<Drawn> {
    let config = manner.recipe(steps);
    let batch = lab.by_scale(8, config.batch, config.batch);
    let config =
        pair::Config { batch, noise: Noise::normal(NOISE), ..config };
    let form = sheets.pictures.form();
    let nets = networks(form, config.noise, manner.sizes, seed);
    let set = &sheets.pictures.train;
    let mut batches = Batches::new(set.len(), batch, seed)?;
    let data = move |n| {
        let rows = batches.batch(n);
        set.mirrored(&rows, PixelRange::Symmetric, &mut rng_at(seed, n))
    };
    let mut run = pair::in_room(lab, Pair::new(config, nets, seed, data))?;
    lab.train(name, steps, &mut run)?;
    let g = run.mean();
    let rng = &mut rng_at(seed, DRAWS);
    let start = Instant::now();
    let z = config.noise.sample(n, rng); // [N, Z]
    let x = g.output(&z).mapv_into(|v| 0.5 * v + 0.5); // [N, H·W·C]
    let each = start.elapsed().as_secs_f64() / n as f64;
    let seconds = lab.seconds(name)?;
    Ok(Drawn { x, each, seconds, parameters: count(&g) })
}

/// `n` pictures of codes that a prior draws: of a network that has learnt with a ruler and an opponent, or without.
///
/// # Errors
/// The trainings cannot be done.
pub fn coded(
    lab: &Lab,
    sheets: &Sheets,
    (ruler, steps): (Option<&Perception<f32>>, (u64, u64)),
    n: usize,
    (name, seed): (&str, u64),
) -> anyhow::Result<Drawn> {
    let (of_network, of_prior) = steps;
    let network = network(lab, sheets, ruler, (name, of_network), seed)?;
    let copies = lab.by_scale(0, COPIES, COPIES);
    let codes = maps(&network, &sheets.pictures.train, copies, seed)?;
    let config = over_codes(lab, &network, of_prior);
    let run = prior::Training::new(config, &codes, seed)?;
    let mut run = prior::in_room(lab, run)?;
    let prior_name = format!("{name}-prior");
    lab.train(&prior_name, config.steps, &mut run)?;
    let prior = run.prior();
    let start = Instant::now();
    let x = network.decode(&sample(&prior, n, 1.0, seed)?)?;
    let each = start.elapsed().as_secs_f64() / n as f64;
    let seconds = lab.seconds(name)? + lab.seconds(&prior_name)?;
    let decodes = count(&network.decoder) + network.codebook.len();
    Ok(Drawn { x, each, seconds, parameters: decodes + count(&prior) })
}

/// Chapter 9's prior for the codes of a network, without classes.
fn over_codes(lab: &Lab, network: &VqGan<f32>, steps: u64) -> prior::Config {
    let page = prior::Config::default();
    let sizes = PriorSizes {
        codes: network.codes(),
        places: network.sizes.places(),
        width: lab.by_scale(16, page.sizes.width, 256),
        heads: lab.by_scale(2, page.sizes.heads, 8),
        blocks: lab.by_scale(1, page.sizes.blocks, 4),
        classes: 0,
    };
    let lr = lab.by_scale(page.adam.lr, page.adam.lr, 1e-3);
    prior::Config {
        sizes,
        batch: lab.by_scale(8, page.batch, 64),
        steps,
        warm_up: lab.by_scale(2, page.warm_up, 500),
        adam: AdamConfig { lr, ..page.adam },
    }
}

/// Chapter 10's network, after so many steps.
fn network(
    lab: &Lab,
    sheets: &Sheets,
    ruler: Option<&Perception<f32>>,
    (name, steps): (&str, u64),
    seed: u64,
) -> anyhow::Result<VqGan<f32>> {
    let mut config = Config::default().over(steps);
    config.contrast = sheets.contrast;
    let sizes = &mut config.sizes;
    sizes.form = sheets.pictures.form();
    sizes.codes = lab.by_scale(16, sizes.codes, sizes.codes);
    sizes.channels = lab.by_scale(8, sizes.channels, sizes.channels);
    sizes.blocks = lab.by_scale(1, sizes.blocks, sizes.blocks);
    config.batch = lab.by_scale(8, config.batch, config.batch);
    if ruler.is_some() {
        let page = Opponent::default().within(steps);
        let channels = lab.by_scale([4, 6], page.channels, page.channels);
        config.perceptual = Some((1.0, page.heard));
        config.opponent = Some(Opponent { channels, ..page });
    }
    let set = &sheets.pictures.train;
    let mut batches = Batches::new(set.len(), config.batch, seed)?;
    let data = move |n| {
        let rows = batches.batch(n);
        set.mirrored(&rows, PixelRange::Unit, &mut rng_at(seed, n))
    };
    let run = Training::new(config, ruler, data, seed)?;
    let mut run = in_room(lab, run)?;
    lab.train(name, steps, &mut run)?;
    Ok(run.model())
}
