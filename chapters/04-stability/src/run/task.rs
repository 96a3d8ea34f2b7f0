//! Modes in the plane, and pairs that learn them from several seeds.

use datasets::toy::{Density, GaussianMixture};
use gan::plain::modes;
use gan::training::Noise;
use gradients::plain::{Activation, AdamConfig};
use lab::{Lab, Within, rng_at};
use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use crate::net::{Layer, Map, Net, layer};
use crate::pair::{Config, Game, Pair, Penalties, in_room};

/// Samples that a generator is judged by, as in PacGAN.
pub const JUDGED: usize = 2500;

/// A distribution of modes, and how it is shown to the networks.
pub struct Task {
    pub name: &'static str,
    pub data: GaussianMixture,
    /// Real examples are multiplied by this, to be of the size of 1.
    pub scale: f64,
    /// Steps of the recipe.
    pub steps: u64,
    /// Its noise.
    noise: Noise,
    /// Of R1 and of R2, at the start.
    gamma: f64,
    /// Over so many steps both fall to zero.
    cool: u64,
    /// Decay of the averaged generator.
    average: f64,
}

impl Task {
    pub fn ring(lab: &Lab) -> anyhow::Result<Self> {
        let steps = lab.by_scale(30, 10_000, 40_000);
        Ok(Self {
            name: "ring",
            data: GaussianMixture::ring_of_8(0.01)?,
            scale: 1.0,
            steps,
            noise: Noise { signs: 6, normals: 6 },
            gamma: 0.02,
            cool: steps,
            average: 0.9,
        })
    }

    pub fn grid(lab: &Lab) -> Self {
        let steps = lab.by_scale(30, 24_000, 48_000);
        Self {
            name: "grid",
            data: GaussianMixture::grid_of_25(),
            scale: 0.35,
            steps,
            noise: Noise { signs: 10, normals: 2 },
            gamma: 0.2,
            cool: steps * 6 / 5,
            average: 0.998,
        }
    }

    /// The recipe of this chapter.
    pub fn config(&self) -> Config {
        let (real, fake) = (self.gamma, self.gamma);
        let adam =
            AdamConfig { lr: 3e-3, beta1: 0.0, beta2: 0.995, eps: 1e-8 };
        Config {
            game: Game::Relativistic,
            batch: 256,
            noise: self.noise,
            penalties: Penalties { real, fake, between: 0.0 },
            every: 4,
            g: adam,
            d: adam,
            cool: Some(self.cool),
            anneal: true,
            average: self.average,
            ..Config::default()
        }
    }

    /// Samples of a generator in the units of the data, `[n, 2]`.
    pub fn samples(
        &self,
        g: &Net<f32>,
        noise: Noise,
        n: usize,
    ) -> Array2<f64> {
        let z = noise.sample(n, &mut rng_at(0x7e57, 0)); // [n, Z]
        g.output(&z).mapv(|v| f64::from(v) / self.scale) // [n, 2]
    }

    /// What a generator is worth.
    pub fn judge(&self, g: &Net<f32>, noise: Noise) -> Judged {
        let samples = self.samples(g, noise, JUDGED); // [2500, 2]
        let (means, sigma) = (self.data.means(), self.data.sigma());
        let (good, found) = modes(&samples, means, sigma);
        // Which mode is nearest, and where the sample lies from it, in standard deviations.
        let nearest = |x: ArrayView1<f64>| -> (usize, [f64; 2]) {
            let off = means
                .rows()
                .into_iter()
                .map(|m| [(x[0] - m[0]) / sigma, (x[1] - m[1]) / sigma]);
            let nearer = |a: &(usize, [f64; 2]), b: &(usize, [f64; 2])| {
                length(a.1).total_cmp(&length(b.1))
            };
            off.enumerate().min_by(nearer).expect("a mode")
        };
        let off: Vec<_> = samples.rows().into_iter().map(nearest).collect();
        let away: Vec<f64> = off.iter().map(|(_, x)| length(*x)).collect();
        let near: Vec<_> =
            off.into_iter().filter(|(_, x)| length(*x) <= 3.0).collect();
        let squares = near.iter().map(|(_, x)| length(*x).powi(2));
        let variance = squares.sum::<f64>() / (2 * good.max(1)) as f64;
        // What of that is left when each mode's samples are centred.
        let off_centre = (0..means.nrows()).map(|mode| {
            let of = || near.iter().filter(|(m, _)| *m == mode);
            let sum = |axis: usize| of().map(|(_, x)| x[axis]).sum::<f64>();
            length([sum(0), sum(1)]).powi(2) / of().count().max(1) as f64
        });
        let off_centre = off_centre.sum::<f64>() / (2 * good.max(1)) as f64;
        Judged {
            modes: found.iter().filter(|n| **n > 0).count() as f64,
            high_quality: good as f64 / JUDGED as f64,
            width: variance.sqrt(),
            own_width: (variance - off_centre).max(0.0).sqrt(),
            farthest: away.into_iter().fold(0.0, f64::max),
        }
    }
}

fn length([x, y]: [f64; 2]) -> f64 {
    x.hypot(y)
}

/// What a generator of modes is worth.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    pub modes: f64,
    pub high_quality: f64,
    /// Standard deviation within a mode, from its true middle, over the true one.
    pub width: f64,
    /// The same from the middle of the samples there.
    pub own_width: f64,
    /// The sample that is farthest from every mode, in standard deviations of a mode.
    pub farthest: f64,
}

/// Pairs of one kind, to be trained from several seeds.
#[derive(Clone, Copy)]
pub struct Pairs<'a> {
    pub task: &'a Task,
    pub config: Config,
    /// Of two hidden layers.
    pub width: usize,
    pub seeds: usize,
    /// Rows of a group of the minibatch deviation.
    pub group: Option<usize>,
}

/// One of them, trained.
pub struct Run {
    /// The averaged generator, judged.
    pub mean: Judged,
    /// The generator as it is at the end, judged.
    pub last: Judged,
    /// The averaged generator.
    pub g: Net<f32>,
}

impl<'a> Pairs<'a> {
    /// A pair that has not been trained.
    pub fn pair(&self, seed: u64) -> Pair<'a> {
        let Self { task, config, width, group, .. } = *self;
        let leaky = Activation::LeakyRelu(0.2);
        let rng = &mut rng_at(seed, u64::MAX);
        let linear = Activation::Identity;
        let mut net = |inputs, outputs, first: Vec<Layer<f32>>| {
            let mut layers = first;
            layers.push(layer(Map::Dense, (inputs, width), leaky, rng));
            layers.push(layer(Map::Dense, (width, width), leaky, rng));
            layers.push(layer(Map::Dense, (width, outputs), linear, rng));
            Net { layers }
        };
        let g = net(config.noise.width(), 2, Vec::new());
        let seen = 2 * config.pack;
        let d = match group {
            Some(group) => {
                let map = Map::Deviation { group };
                let first = layer(map, (0, 0), linear, &mut rng_at(seed, 0));
                net(seen + 1, 1, vec![first])
            }
            None => net(seen, 1, Vec::new()),
        };
        Pair::new(config, (g, d), seed, move |n| {
            let rng = &mut rng_at(seed ^ 0x5eed, n);
            let x = task.data.sample(config.batch, rng); // [B, 2]
            x.mapv(|v| (task.scale * v) as f32)
        })
    }

    /// Trains them, one a thread. Pairs of one seed see the same examples.
    pub fn train(
        &self,
        lab: &Lab,
        name: &str,
        steps: u64,
    ) -> anyhow::Result<Vec<Run>> {
        let Self { task, config, seeds, .. } = *self;
        let job = |seed: usize| {
            let seed_of = lab.seed().wrapping_add(seed as u64);
            let mut pair = in_room(lab, self.pair(seed_of))?;
            lab.train(&format!("{name}-{seed}"), steps, &mut pair)?;
            let g = pair.mean();
            let mean = task.judge(&g, config.noise);
            let last = task.judge(&pair.g(), config.noise);
            Ok(Run { mean, last, g })
        };
        let seeds = (0..seeds).into_par_iter().with_max_len(1);
        seeds.map(job).collect()
    }
}

/// What is found in the averaged generators, by name, and how close another run of it comes.
type Found = (&'static str, Vec<f64>, Within);

fn found(runs: &[Run]) -> [Found; 6] {
    let picked = |pick: fn(&Run) -> f64| -> Vec<f64> {
        runs.iter().map(pick).collect()
    };
    let (modes, share) = (Within::Absolute(0.5), Within::Absolute(0.05));
    let (wide, far) = (Within::Absolute(0.2), Within::Factor(2.0));
    [
        ("modes", picked(|run| run.mean.modes), modes),
        ("high_quality", picked(|run| run.mean.high_quality), share),
        ("last_high_quality", picked(|run| run.last.high_quality), share),
        ("width_ratio", picked(|run| run.mean.width), wide),
        ("own_width_ratio", picked(|run| run.mean.own_width), wide),
        ("farthest_sigma", picked(|run| run.mean.farthest), far),
    ]
}

/// Records what is found in the averaged generators of all seeds.
pub fn record(
    lab: &mut Lab,
    name: &str,
    runs: &[Run],
    of: usize,
) -> anyhow::Result<()> {
    let lost = runs.iter().filter(|run| run.mean.modes < of as f64).count();
    let named = format!("{name}_seeds_that_lose");
    lab.result(&named, lost as f64, Within::Absolute(0.5))?;
    for (what, numbers, within) in found(runs) {
        lab.over_seeds(&format!("{name}_{what}"), &numbers, within)?;
    }
    Ok(())
}

/// Records the standard deviations over seeds as `…_spread` too.
pub fn record_spreads(
    lab: &mut Lab,
    name: &str,
    runs: &[Run],
) -> anyhow::Result<()> {
    for (what, numbers, within) in found(runs) {
        let named = format!("{name}_{what}_spread");
        lab.result(&named, spread(&numbers), within)?;
    }
    Ok(())
}

/// The standard deviation over seeds.
pub fn spread(numbers: &[f64]) -> f64 {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let squares = numbers.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    (squares / (n - 1.0).max(1.0)).sqrt()
}
