//! Modes in the plane: the ring of 8 and the grid of 25.

use datasets::toy::{Density, GaussianMixture};
use gradients::plain::{Activation, AdamConfig, Mlp, sigmoid};
use lab::{Axis, History, Lab, Plot, Within, panels, rng_at};
use ndarray::Array2;

use super::for_each_seed;
use crate::plain::{Game, Penalties, modes};
use crate::training::{Config, Gan, Noise, Players, in_room};

/// Samples that a generator is judged by, as in PacGAN.
const JUDGED: usize = 2500;
/// Points in a frame of a film.
const POINTS: usize = 400;
/// Cells on a side of its landscape.
const CELLS: usize = 36;

/// A distribution of modes, and how it is shown to the networks.
pub struct Task {
    name: &'static str,
    data: GaussianMixture,
    /// Real examples are multiplied by this, to be of the size of 1.
    scale: f64,
    /// After how many steps a frame of the film is taken; at the last the run ends.
    frames: Vec<u64>,
    /// Half the side of the square that a frame shows.
    reach: f64,
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
    fn steps(&self) -> u64 {
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
    pub fn pair(&self, config: Config, width: usize, seed: u64) -> Gan<'_> {
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
    fn samples(&self, g: &Mlp<f32>, noise: Noise, n: usize) -> Array2<f64> {
        let z = noise.sample(n, &mut rng_at(0x7e57, 0)); // [n, Z]
        g.output(&z).mapv(|v| f64::from(v) / self.scale) // [n, 2]
    }

    /// Modes found and the share of high-quality samples, of a generator.
    pub fn judge(&self, g: &Mlp<f32>, noise: Noise) -> Judged {
        let samples = self.samples(g, noise, JUDGED); // [2500, 2]
        let means = self.data.means();
        let (good, found) = modes(&samples, means, self.data.sigma());
        let count = found.iter().filter(|n| **n > 0).count();
        // How wide the samples of a mode are, beside how wide they should be.
        let near = samples.rows().into_iter().filter_map(|x| {
            let square = |m: ndarray::ArrayView1<f64>| {
                (x[0] - m[0]).powi(2) + (x[1] - m[1]).powi(2)
            };
            let least = means.rows().into_iter().map(square);
            let least = least.fold(f64::INFINITY, f64::min);
            (least.sqrt() <= 3.0 * self.data.sigma()).then_some(least)
        });
        let near: Vec<f64> = near.collect();
        let variance =
            near.iter().sum::<f64>() / (2 * near.len().max(1)) as f64;
        Judged {
            modes: count as f64,
            high_quality: good as f64 / JUDGED as f64,
            width: variance.sqrt() / self.data.sigma(),
        }
    }

    /// What a frame of the film needs: samples of the averaged generator, and the discriminator over the square.
    fn frame(&self, gan: &dyn Players) -> Vec<f32> {
        let (noise, d) = (gan.config().noise, gan.d());
        let x = self.samples(&gan.mean(), noise, POINTS); // [400, 2]
        let at = |n: usize| (2 * n + 1) as f64 / CELLS as f64 - 1.0;
        let places =
            Array2::from_shape_fn((CELLS * CELLS, 2), |(n, axis)| {
                let n = if axis == 0 { n % CELLS } else { n / CELLS };
                (self.reach * at(n) * self.scale) as f32
            }); // [1296, 2]
        // A relativistic logit has no zero of its own: the mean at the samples is taken for it.
        let s = d.output(&x.mapv(|v| (v * self.scale) as f32)); // [400, 1]
        let level = s.sum() / s.len() as f32;
        let d = d.output(&places).mapv(|s| sigmoid(s - level)); // [1296, 1]
        x.iter().map(|v| *v as f32).chain(d.iter().copied()).collect()
    }

    /// A run in frames: samples over the discriminator's landscape.
    fn film(&self, history: &History) -> anyhow::Result<String> {
        let mut frames = Vec::new();
        for (step, seen) in history {
            let points = seen[..2 * POINTS].chunks_exact(2);
            let points = points.map(|p| (f64::from(p[0]), f64::from(p[1])));
            let d = seen[2 * POINTS..].iter().map(|v| f64::from(*v));
            let d = Array2::from_shape_vec((CELLS, CELLS), d.collect())?;
            let whole = (-self.reach, self.reach);
            frames.push(
                Plot::new(&format!("{step} steps"))
                    .square()
                    .x("", Axis::Linear)
                    .y("", Axis::Linear)
                    .x_range(whole.0, whole.1)
                    .y_range(whole.0, whole.1)
                    .shade(&d, whole, whole)
                    .colour(1)
                    .points("", points),
            );
        }
        panels(&frames, 3)
    }
}

/// What a generator of modes is worth.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    pub modes: f64,
    pub high_quality: f64,
    /// Standard deviation within a mode over the true one.
    pub width: f64,
}

fn mean_and_spread(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    (mean, (square / (n - 1.0).max(1.0)).sqrt())
}

/// Trains the pair for several seeds and records what they are worth.
pub fn several_seeds(lab: &mut Lab, task: &Task) -> anyhow::Result<()> {
    let seeds: Vec<u64> = (0..lab.by_scale(2, 5, 10)).collect();
    let config = task.config();
    let base = lab.seed();
    let trained = for_each_seed(&seeds, |seed| {
        let width = lab.by_scale(16, 128, 128);
        let gan = task.pair(config, width, base.wrapping_add(seed));
        let mut gan = in_room(lab, gan)?;
        let name = format!("{}-{seed}", task.name);
        let frames = task.frames.iter().copied();
        let film = lab.train_and_observe(&name, frames, &mut gan, |g| {
            task.frame(&**g)
        })?;
        let mean = task.judge(&gan.mean(), config.noise);
        let last = task.judge(&gan.g(), config.noise);
        Ok((mean, last, film, lab.seconds(&name)?))
    })?;
    let name = task.name;
    let of = |pick: fn(&(Judged, Judged, History, f64)) -> f64| -> Vec<f64> {
        trained.iter().map(pick).collect()
    };
    let columns = [
        ("modes", of(|t| t.0.modes), 0.5),
        ("high_quality", of(|t| t.0.high_quality), 0.05),
        ("width", of(|t| t.0.width), 0.3),
        ("modes_last", of(|t| t.1.modes), 2.0),
        ("high_quality_last", of(|t| t.1.high_quality), 0.3),
    ];
    for (what, values, tolerance) in columns {
        let (mean, spread) = mean_and_spread(&values);
        let within = Within::Absolute(tolerance);
        lab.result(&format!("{name}_{what}"), mean, within)?;
        let within = Within::Absolute(2.0 * tolerance);
        lab.result(&format!("{name}_{what}_spread"), spread, within)?;
    }
    lab.result(
        &format!("{name}_steps"),
        task.steps() as f64,
        Within::Exactly,
    )?;
    lab.result(
        &format!("{name}_seeds"),
        seeds.len() as f64,
        Within::Exactly,
    )?;
    let (each, _) = mean_and_spread(&of(|t| t.3));
    lab.result(&format!("{name}_seconds_per_run"), each, Within::Timing)?;
    lab.figure(name, &task.film(&trained[0].2)?)
}

/// One pair without any help, and what each of several cures does for it.
pub fn cures(lab: &mut Lab) -> anyhow::Result<()> {
    let task = Task::ring(lab)?;
    let seeds: Vec<u64> = (0..lab.by_scale(2, 5, 10)).collect();
    let steps: u64 = lab.by_scale(30, 3000, 10_000);
    let adam = AdamConfig { lr: 1e-3, beta1: 0.5, ..AdamConfig::default() };
    let plain = Config {
        batch: 128,
        noise: Noise::normal(2),
        g: adam,
        d: adam,
        ..Config::default()
    };
    let both = Penalties { real: 0.1, fake: 0.1 };
    let cases = [
        ("no cure", "none", plain),
        (
            "saturating",
            "saturating",
            Config { game: Game::Saturating, ..plain },
        ),
        ("k = 5", "k", Config { k: 5, ..plain }),
        ("packing, 2", "packing", Config { pack: 2, ..plain }),
        (
            "relativistic",
            "relativistic",
            Config { game: Game::Relativistic, ..plain },
        ),
        (
            "R1",
            "r1",
            Config { penalties: Penalties { fake: 0.0, ..both }, ..plain },
        ),
        (
            "all but k",
            "all",
            Config {
                game: Game::Relativistic,
                pack: 2,
                penalties: both,
                ..plain
            },
        ),
    ];
    let milestones: Vec<u64> = (0..=30).map(|n| n * steps / 30).collect();
    let mut plot = Plot::new("")
        .x("step of the generator", Axis::Linear)
        .y("modes found, mean over seeds", Axis::Linear)
        .y_range(0.0, 8.6);
    let base = lab.seed();
    for (label, name, config) in cases {
        let width = lab.by_scale(16, 64, 128);
        let histories = for_each_seed(&seeds, |seed| {
            let gan = task.pair(config, width, base.wrapping_add(seed));
            let mut gan = in_room(lab, gan)?;
            let run = format!("cure-{name}-{seed}");
            let marks = milestones.iter().copied();
            lab.train_and_observe(&run, marks, &mut gan, |gan| {
                let judged = task.judge(&gan.mean(), config.noise);
                vec![judged.modes as f32, judged.high_quality as f32]
            })
        })?;
        let mean_at = |n: usize, what: usize| {
            let sum: f64 =
                histories.iter().map(|h| f64::from(h[n].1[what])).sum();
            sum / seeds.len() as f64
        };
        let curve = milestones.iter().enumerate();
        let curve: Vec<_> =
            curve.map(|(n, step)| (*step as f64, mean_at(n, 0))).collect();
        let end = milestones.len() - 1;
        lab.result(
            &format!("cure_modes_{name}"),
            mean_at(end, 0),
            Within::Absolute(2.0),
        )?;
        lab.result(
            &format!("cure_high_quality_{name}"),
            mean_at(end, 1),
            Within::Absolute(0.2),
        )?;
        let last: Vec<f64> =
            histories.iter().map(|h| f64::from(h[end].1[0])).collect();
        let lost = last.iter().filter(|m| **m < 8.0).count();
        lab.result(
            &format!("cure_seeds_with_lost_modes_{name}"),
            lost as f64,
            Within::Absolute(3.0),
        )?;
        if name != "saturating" {
            plot = plot.line(label, curve);
        }
    }
    lab.result("cure_steps", steps as f64, Within::Exactly)?;
    lab.result("cure_seeds", seeds.len() as f64, Within::Exactly)?;
    lab.figure("cures", &plot.horizontal("", 8.0).svg()?)
}
