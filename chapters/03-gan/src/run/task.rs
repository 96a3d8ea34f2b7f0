//! Modes in the plane, the ring of 8 and the grid of 25; and pairs that learn them, from several seeds.

use datasets::toy::{Density, GaussianMixture};
use gradients::plain::{Activation, AdamConfig, Mlp, sigmoid};
use lab::{History, Lab, Within, rng_at};
use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use crate::plain::{Game, Penalties, modes, packed};
use crate::training::{Config, Gan, Noise, Players, in_room};

/// Samples that a generator is judged by, as in PacGAN.
pub const JUDGED: usize = 2500;

/// A distribution of modes, and how it is shown to the networks.
pub struct Task {
    pub name: &'static str,
    pub data: GaussianMixture,
    /// Real examples are multiplied by this, to be of the size of 1.
    pub scale: f64,
    /// After how many steps a frame of the film is taken; at the last the run ends.
    pub frames: Vec<u64>,
    /// Half the side of the square that a frame shows.
    pub reach: f64,
    /// The step size at the start.
    lr: f64,
}

impl Task {
    pub fn ring(lab: &Lab) -> anyhow::Result<Self> {
        let data = GaussianMixture::ring_of_8(0.01)?;
        let frames = lab.by_scale(
            vec![0, 5, 10, 20, 40, 60],
            vec![0, 250, 500, 1000, 3000, 10_000],
            vec![0, 250, 500, 1000, 4000, 40_000],
        );
        let (scale, reach, lr) = (1.0, 1.5, 3e-3);
        Ok(Self { name: "ring", data, scale, frames, reach, lr })
    }

    /// A ring that a small network learns in seconds.
    pub fn wide_ring() -> anyhow::Result<Self> {
        let data = GaussianMixture::ring_of_8(0.05)?;
        let frames = Vec::new();
        let (scale, reach, lr) = (1.0, 1.5, 3e-3);
        Ok(Self { name: "wide ring", data, scale, frames, reach, lr })
    }

    pub fn grid(lab: &Lab) -> Self {
        let data = GaussianMixture::grid_of_25();
        let frames = lab.by_scale(
            vec![0, 10, 60],
            vec![0, 1000, 20_000],
            vec![0, 1000, 60_000],
        );
        let (scale, reach, lr) = (0.35, 5.0, 1.5e-3);
        Self { name: "grid", data, scale, frames, reach, lr }
    }

    /// Steps of a run.
    pub fn steps(&self) -> u64 {
        self.frames.last().copied().unwrap_or(0)
    }

    /// The recipe of this chapter.
    pub fn config(&self) -> Config {
        let (lr, beta1, beta2, eps) = (self.lr, 0.0, 0.99, 1e-8);
        let adam = AdamConfig { lr, beta1, beta2, eps };
        Config {
            game: Game::Relativistic,
            batch: 256,
            noise: Noise { signs: 10, normals: 2 },
            penalties: Penalties { real: 0.02, fake: 0.02 },
            every: 4,
            g: adam,
            d: adam,
            cool: Some(self.steps()),
            anneal: true,
            ..Config::default()
        }
    }

    /// A pair that has not been trained, with two hidden layers of `width`.
    fn pair(&self, config: Config, width: usize, seed: u64) -> Gan<'_> {
        let leaky = Activation::LeakyRelu(0.2);
        let net = |inputs, outputs, stream| {
            let widths = [inputs, width, width, outputs];
            let rng = &mut rng_at(seed, stream);
            Mlp::new(&widths, leaky, Activation::Identity, rng)
        };
        let g = net(config.noise.width(), 2, u64::MAX);
        let d = net(2 * config.pack, 1, u64::MAX - 1);
        let (batch, scale) = (config.batch, self.scale);
        Gan::new(config, (g, d), seed, move |n| {
            let rng = &mut rng_at(seed ^ 0x5eed, n);
            self.data.sample(batch, rng).mapv(|v| (scale * v) as f32)
        })
    }

    /// Samples of a generator in the units of the data, `[n, 2]`.
    pub fn samples(
        &self,
        g: &Mlp<f32>,
        noise: Noise,
        n: usize,
    ) -> Array2<f64> {
        let z = noise.sample(n, &mut rng_at(0x7e57, 0)); // [n, Z]
        g.output(&z).mapv(|v| f64::from(v) / self.scale) // [n, 2]
    }

    /// What a generator is worth.
    pub fn judge(&self, g: &Mlp<f32>, noise: Noise) -> Judged {
        let samples = self.samples(g, noise, JUDGED); // [2500, 2]
        let (means, sigma) = (self.data.means(), self.data.sigma());
        let (good, found) = modes(&samples, means, sigma);
        let square = |x: ArrayView1<f64>, m: ArrayView1<f64>| {
            (x[0] - m[0]).powi(2) + (x[1] - m[1]).powi(2)
        };
        let away = samples.rows().into_iter().map(|x| {
            let squares = means.rows().into_iter().map(|m| square(x, m));
            squares.fold(f64::INFINITY, f64::min).sqrt() / sigma
        });
        let away: Vec<f64> = away.collect();
        let near = away.iter().filter(|a| **a <= 3.0).map(|a| a * a);
        let variance = near.sum::<f64>() / (2 * good.max(1)) as f64;
        Judged {
            modes: found.iter().filter(|n| **n > 0).count() as f64,
            high_quality: good as f64 / JUDGED as f64,
            width: variance.sqrt(),
            farthest: away.into_iter().fold(0.0, f64::max),
        }
    }
}

/// What a generator of modes is worth.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    pub modes: f64,
    pub high_quality: f64,
    /// Standard deviation within a mode over the true one.
    pub width: f64,
    /// The sample that is farthest from every mode, in standard deviations of a mode.
    pub farthest: f64,
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
    /// The averaged generator.
    pub mean: Judged,
    /// The generator as it is at the end.
    pub last: Judged,
    /// What was observed on the way.
    pub seen: History,
    pub seconds: f64,
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
            let pair = task.pair(
                config,
                width,
                lab.seed().wrapping_add(seed as u64),
            );
            let mut gan = in_room(lab, pair)?;
            let name = format!("{name}-{seed}");
            let at = milestones.iter().copied();
            let see = |gan: &mut Box<dyn Players + '_>| see(&**gan);
            let seen = lab.train_and_observe(&name, at, &mut gan, see)?;
            let mean = task.judge(&gan.mean(), config.noise);
            let last = task.judge(&gan.g(), config.noise);
            let seconds = lab.seconds(&name)?;
            Ok(Run { mean, last, seen, seconds })
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
    of: usize,
) -> anyhow::Result<()> {
    let picked = |pick: fn(&Judged) -> f64| -> Vec<f64> {
        all.iter().map(pick).collect()
    };
    let (one, share) = (Within::Absolute(0.5), Within::Absolute(0.05));
    lab.over_seeds(&format!("{name}_modes"), &picked(|j| j.modes), one)?;
    let good = picked(|j| j.high_quality);
    lab.over_seeds(&format!("{name}_high_quality"), &good, share)?;
    let lost = all.iter().filter(|j| j.modes < of as f64).count();
    lab.result(&format!("{name}_seeds_that_lose"), lost as f64, one)
}

/// Records also how wide their modes are, and how far their farthest sample is from any.
pub fn record_reach(
    lab: &mut Lab,
    name: &str,
    all: &[Judged],
) -> anyhow::Result<()> {
    let widths: Vec<f64> = all.iter().map(|j| j.width).collect();
    let within = Within::Absolute(0.1);
    lab.over_seeds(&format!("{name}_width"), &widths, within)?;
    let farthest: Vec<f64> = all.iter().map(|j| j.farthest).collect();
    let within = Within::Factor(2.0);
    lab.over_seeds(&format!("{name}_farthest"), &farthest, within)
}

/// What the averaged generators are worth.
pub fn means(runs: &[Run]) -> Vec<Judged> {
    runs.iter().map(|run| run.mean).collect()
}

/// The same, not averaged.
pub fn lasts(runs: &[Run]) -> Vec<Judged> {
    runs.iter().map(|run| run.last).collect()
}
