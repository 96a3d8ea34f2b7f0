//! Eight modes in the plane, and pairs that learn them, from several seeds.

use datasets::toy::{Density, GaussianMixture};
use gradients::plain::{Activation, AdamConfig, Mlp, sigmoid};
use lab::{History, Lab, Within, rng_at};
use ndarray::Array2;
use rayon::prelude::*;

use crate::plain::{modes, packed};
use crate::training::{Config, Gan, Noise, Players, in_room};

/// Samples that a generator is judged by, as in PacGAN.
pub const JUDGED: usize = 2500;

/// Units in each of a network's two hidden layers.
pub const WIDTH: usize = 32;

/// A distribution of modes.
pub struct Task {
    pub data: GaussianMixture,
}

/// Chapter 1's losses, one step for each player, and nothing else.
pub fn bare() -> Config {
    let adam = AdamConfig { lr: 2e-3, beta1: 0.5, ..AdamConfig::default() };
    let noise = Noise::normal(2);
    Config { noise, g: adam, d: adam, ..Config::default() }
}

impl Task {
    /// A ring that a small network learns in seconds.
    pub fn wide_ring() -> anyhow::Result<Self> {
        Ok(Self { data: GaussianMixture::ring_of_8(0.05)? })
    }

    /// A pair that has not been trained, with two hidden layers of `width`.
    pub fn pair(&self, config: Config, width: usize, seed: u64) -> Gan<'_> {
        let leaky = Activation::LeakyRelu(0.2);
        let net = |inputs, outputs, stream| {
            let widths = [inputs, width, width, outputs];
            let rng = &mut rng_at(seed, stream);
            Mlp::new(&widths, leaky, Activation::Identity, rng)
        };
        let g = net(config.noise.width(), 2, u64::MAX);
        let d = net(2 * config.pack, 1, u64::MAX - 1);
        let batch = config.batch;
        Gan::new(config, (g, d), seed, move |n| {
            let rng = &mut rng_at(seed ^ 0x5eed, n);
            self.data.sample(batch, rng).mapv(|v| v as f32)
        })
    }

    /// What a generator is worth.
    pub fn judge(&self, g: &Mlp<f32>, noise: Noise) -> Judged {
        let samples = samples(g, noise, JUDGED); // [2500, 2]
        let (means, sigma) = (self.data.means(), self.data.sigma());
        let (good, found) = modes(&samples.mapv(f64::from), means, sigma);
        Judged {
            modes: found.iter().filter(|n| **n > 0).count() as f64,
            high_quality: good as f64 / JUDGED as f64,
        }
    }
}

/// Samples of a generator, the same noise each time, `[n, 2]`.
pub fn samples(g: &Mlp<f32>, noise: Noise, n: usize) -> Array2<f32> {
    let z = noise.sample(n, &mut rng_at(0x7e57, 0)); // [n, Z]
    g.output(&z) // [n, 2]
}

/// What a generator of modes is worth.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    pub modes: f64,
    pub high_quality: f64,
}

/// Pairs of one kind, to be trained from several seeds.
pub struct Pairs<'a> {
    pub task: &'a Task,
    pub config: Config,
    pub width: usize,
    pub seeds: usize,
}

/// One of them, trained.
pub struct Run {
    /// The generator as it is at the end.
    pub last: Judged,
    /// What was observed on the way.
    pub seen: History,
}

impl Pairs<'_> {
    /// Trains them, one a thread, until the last of the milestones. Pairs of one seed begin at the same weights, if these
    /// have the same shape, and see the same examples.
    pub fn train(
        &self,
        lab: &Lab,
        name: &str,
        milestones: &[u64],
        see: impl Fn(&dyn Players) -> Vec<f32> + Sync,
    ) -> anyhow::Result<Vec<Run>> {
        let Self { task, config, width, seeds } = *self;
        let job = |seed: usize| {
            let seed_of_pair = lab.seed().wrapping_add(seed as u64);
            let pair = task.pair(config, width, seed_of_pair);
            let mut gan = in_room(lab, pair)?;
            let name = format!("{name}-{seed}");
            let at = milestones.iter().copied();
            let see = |gan: &mut Box<dyn Players + '_>| see(&**gan);
            let seen = lab.train_and_observe(&name, at, &mut gan, see)?;
            let last = task.judge(&gan.g(), config.noise);
            Ok(Run { last, seen })
        };
        let seeds = (0..seeds).into_par_iter().with_max_len(1);
        seeds.map(job).collect()
    }
}

/// The mean probability that the discriminator gives a generator's samples.
pub fn belief(gan: &dyn Players) -> f32 {
    let Config { noise, pack, .. } = gan.config();
    let z = noise.sample(512, &mut rng_at(0x7e57, 1)); // [512, Z]
    let x = packed(gan.g().output(&z), pack); // [512 / pack, pack · X]
    let s = gan.d().output(&x); // [512 / pack, 1]
    s.mapv(sigmoid).sum() / s.len() as f32
}

/// Records what is found in the generators of all seeds, and how many of them lost modes.
pub fn record(
    lab: &mut Lab,
    name: &str,
    all: &[Judged],
) -> anyhow::Result<()> {
    let picked = |pick: fn(&Judged) -> f64| -> Vec<f64> {
        all.iter().map(pick).collect()
    };
    let (one, share) = (Within::Absolute(0.5), Within::Absolute(0.05));
    lab.over_seeds(&format!("{name}_modes"), &picked(|j| j.modes), one)?;
    let good = picked(|j| j.high_quality);
    lab.over_seeds(&format!("{name}_high_quality"), &good, share)?;
    let lost = all.iter().filter(|j| j.modes < 8.0).count();
    lab.result(&format!("{name}_seeds_that_lose"), lost as f64, one)
}

/// What the generators are worth at the end.
pub fn lasts(runs: &[Run]) -> Vec<Judged> {
    runs.iter().map(|run| run.last).collect()
}
