//! Eight ways to spoil a pair that learns the ring of eight modes, each of which shows in a picture of its samples; each changes
//! one thing of a training that works. The tests read this file too.

use datasets::toy::{Density, GaussianMixture};
use discriminator_training::plain::d_step_under;
use gradients::plain::{Activation, Adam, AdamConfig, Mlp, sigmoid};
use lab::rng_at;
use minimax_loss::plain::{d_loss, d_loss_backward};
use ndarray::{Array2, ArrayView1};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

use super::plain::{Game, average, g_step, modes};

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The data come sorted by mode, and nobody shuffles them.
    Unshuffled,
    /// The noise is two signs and nothing else.
    FewSigns,
    /// What is drawn with is an average that has hardly begun to move.
    SlowAverage,
    /// The generator's hidden layers have no activation.
    NoActivation,
    /// The generator ends in a tanh, and the data lie beyond its reach.
    Walled,
    /// The discriminator's fakes are those of the generator's start.
    FirstFakes,
    /// The discriminator sees one batch of real examples.
    OneBatch,
    /// The real batch is scored against 1 and against 0, and no fake is.
    RealScoredTwice,
}

/// All of them.
pub const CAUSES: [Cause; 8] = [
    Cause::Unshuffled,
    Cause::FewSigns,
    Cause::SlowAverage,
    Cause::NoActivation,
    Cause::Walled,
    Cause::FirstFakes,
    Cause::OneBatch,
    Cause::RealScoredTwice,
];

/// Examples of a step, real ones and fakes.
pub const BATCH: usize = 64;

/// Steps of a run.
pub const STEPS: u64 = 2000;

/// Steps between two lines of a log.
pub const EVERY: u64 = 50;

/// Points in a picture.
pub const POINTS: usize = 300;

/// Samples by which a line judges, and fresh real examples.
const JUDGED: usize = 1024;

/// Steps in which data that are not shuffled stay at one mode.
const STAY: u64 = 50;

/// How far out the ring lies where it is not scaled to the tanh.
const FAR: f64 = 1.5;

/// The average that draws keeps so much of itself in a step.
const DECAY: f64 = 0.99;

/// And this much where it is too slow.
const SLOW: f64 = 0.9999;

/// One line of a log.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The discriminator's loss, on the batches: the mean of the steps since the last line.
    pub d_loss: f64,
    /// The generator's.
    pub g_loss: f64,
    /// What the discriminator gives fresh real examples, on average.
    pub d_real: f64,
    /// What it gives fresh fakes of the generator in training.
    pub d_fake: f64,
    /// Of samples of the averaged generator, the share of high quality.
    pub good: f64,
    /// Modes that they find.
    pub modes: f64,
    /// Their mean distance from the nearest centre, over the ring's radius.
    pub away: f64,
}

/// What a line says, in names and in words.
pub const SAID: [(&str, &str); 7] = [
    ("d_loss", "the discriminator's loss"),
    ("g_loss", "the generator's loss"),
    ("d_real", "D at real examples"),
    ("d_fake", "D at fakes"),
    ("good", "the share of high quality"),
    ("modes", "the number of modes found"),
    ("away", "the distance from the nearest centre"),
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 7] {
        let Line { d_loss, g_loss, d_real, d_fake, good, modes, away } =
            *self;
        [d_loss, g_loss, d_real, d_fake, good, modes, away]
    }
}

/// The end of the axis on which losses are drawn.
pub const HIGHEST: f64 = 4.0;

/// How far apart two readings are, as a share of the axis on which they are drawn.
pub fn apart(said: &str, a: f64, b: f64) -> f64 {
    match said {
        "d_loss" | "g_loss" => {
            (a.min(HIGHEST) - b.min(HIGHEST)).abs() / HIGHEST
        }
        "modes" => (a - b).abs() / 8.0,
        _ => (a.min(1.0) - b.min(1.0)).abs(),
    }
}

/// Means of the last third of a log.
pub fn late(lines: &[Line]) -> [f64; 7] {
    let last = &lines[lines.len() * 2 / 3..];
    std::array::from_fn(|n| {
        last.iter().map(|line| line.numbers()[n]).sum::<f64>()
            / last.len() as f64
    })
}

/// A run: its log, and its samples, `[N, 2]`, after a quarter of it, after half of it and at the end.
pub struct Run {
    pub lines: Vec<Line>,
    #[allow(dead_code)] // the tests do not look at them
    pub pictures: Vec<Array2<f64>>,
}

/// The steps after which samples are drawn.
pub fn looks(steps: u64) -> [u64; 3] {
    [steps / 4, steps / 2, steps]
}

/// Trains a pair, spoilt or not, and logs it. All judging is done on noise and real examples that no step has seen.
///
/// # Panics
/// Never: the ring's width is positive.
pub fn run(cause: Option<Cause>, seed: u64, steps: u64) -> Run {
    let is = |one: Cause| cause == Some(one);
    let ring = GaussianMixture::ring_of_8(0.05).expect("a width");
    let scale = if is(Cause::Walled) { FAR } else { 1.0 };
    let (mut g, mut d) = players(cause, seed);
    let (start, mut mean) = (g.clone(), g.clone());
    let config = AdamConfig { lr: 2e-3, beta1: 0.5, ..Default::default() };
    let mut adams = (Adam::new(&g, config), Adam::new(&d, config));
    let (mut lines, mut pictures) = (Vec::new(), Vec::new());
    let mut sums = [0.0; 2];
    for n in 0..steps {
        let round = if is(Cause::OneBatch) { 0 } else { n };
        let x = real(cause, &ring, seed, round) * scale; // [B, 2]
        let rng = &mut rng_at(seed, n);
        let z_d = noise(cause, BATCH, rng); // [B, 2]
        let maker = if is(Cause::FirstFakes) { &start } else { &g };
        let (d_loss, d_d) =
            d_step_under(&d, &x, &maker.output(&z_d), |real, fake| {
                scored(cause, real, fake)
            });
        adams.1.step(&mut d, &d_d);
        let z_g = noise(cause, BATCH, rng); // [B, 2]
        let unused = Array2::zeros((0, 1));
        let (g_loss, d_g) =
            g_step(&g, &d, &z_g, &unused, Game::NonSaturating, 1);
        adams.0.step(&mut g, &d_g);
        let early = (n as f64 + 1.0) / (n as f64 + 10.0);
        let decay =
            if is(Cause::SlowAverage) { SLOW } else { DECAY.min(early) };
        average(&mut mean, &g, decay);
        sums = [sums[0] + d_loss, sums[1] + g_loss];
        if (n + 1) % EVERY == 0 {
            let losses = sums.map(|sum| sum / EVERY as f64);
            let nets = [&g, &d, &mean];
            lines.push(line(cause, nets, &ring, scale, losses));
            sums = [0.0; 2];
        }
        if looks(steps).contains(&(n + 1)) {
            let z = noise(cause, POINTS, &mut rng_at(0x7e57, 2)); // [N, 2]
            pictures.push(mean.output(&z) / scale); // [N, 2]
        }
    }
    Run { lines, pictures }
}

/// The two networks, with two hidden layers of 32.
fn players(cause: Option<Cause>, seed: u64) -> (Mlp<f64>, Mlp<f64>) {
    let (leaky, none) = (Activation::LeakyRelu(0.2), Activation::Identity);
    let net = |outputs, hidden, end, stream| {
        let rng = &mut rng_at(seed, stream);
        Mlp::new(&[2, 32, 32, outputs], hidden, end, rng)
    };
    let (hidden, end) = match cause {
        Some(Cause::NoActivation) => (none, none),
        Some(Cause::Walled) => (leaky, Activation::Tanh),
        _ => (leaky, none),
    };
    (net(2, hidden, end, u64::MAX), net(1, leaky, none, u64::MAX - 1))
}

/// The real examples of a step, `[B, 2]`.
fn real(
    cause: Option<Cause>,
    ring: &GaussianMixture,
    seed: u64,
    n: u64,
) -> Array2<f64> {
    let rng = &mut rng_at(seed ^ 0x5eed, n);
    if cause != Some(Cause::Unshuffled) {
        return ring.sample(BATCH, rng);
    }
    let z = Array2::random_using((BATCH, 2), StandardNormal, rng); // [B, 2]
    let mode = (n / STAY % 8) as usize;
    z * ring.sigma() + ring.means().row(mode) // [B, 2]
}

/// Noise, `[N, 2]`.
fn noise(
    cause: Option<Cause>,
    rows: usize,
    rng: &mut impl Rng,
) -> Array2<f64> {
    let z = Array2::random_using((rows, 2), StandardNormal, rng);
    match cause {
        Some(Cause::FewSigns) => z.mapv(f64::signum),
        _ => z,
    }
}

/// The discriminator's loss, and its gradients at the two columns of logits.
fn scored(
    cause: Option<Cause>,
    s_real: &Array2<f64>,
    s_fake: &Array2<f64>,
) -> (f64, (Array2<f64>, Array2<f64>)) {
    if cause == Some(Cause::RealScoredTwice) {
        let (ones, zeros) = d_loss_backward(s_real, s_real);
        return (d_loss(s_real, s_real), (ones + zeros, s_fake * 0.0));
    }
    (d_loss(s_real, s_fake), d_loss_backward(s_real, s_fake))
}

/// What stands in the log of a pair as it is now.
fn line(
    cause: Option<Cause>,
    [g, d, mean]: [&Mlp<f64>; 3],
    ring: &GaussianMixture,
    scale: f64,
    [d_loss, g_loss]: [f64; 2],
) -> Line {
    let z = noise(cause, JUDGED, &mut rng_at(0x7e57, 0)); // [N, 2]
    let x = ring.sample(JUDGED, &mut rng_at(0x7e57, 1)) * scale; // [N, 2]
    let belief = |x: &Array2<f64>| {
        d.output(x).mapv(sigmoid).sum() / JUDGED as f64 // of [N, 1]
    };
    let drawn = mean.output(&z) / scale; // [N, 2]
    let (good, found) = modes(&drawn, ring.means(), ring.sigma());
    let nearest = |x: ArrayView1<f64>| {
        let far = ring.means().rows().into_iter().map(|m| {
            let way = &x - &m; // [2]
            way.dot(&way).sqrt()
        });
        far.fold(f64::INFINITY, f64::min)
    };
    let away = drawn.rows().into_iter().map(nearest).sum::<f64>();
    Line {
        d_loss,
        g_loss,
        d_real: belief(&x),
        d_fake: belief(&g.output(&z)),
        good: good as f64 / JUDGED as f64,
        modes: found.iter().filter(|n| **n > 0).count() as f64,
        away: away / JUDGED as f64,
    }
}

// The answers of exercise 3.8 stand below.

/// What is wrong with the runs A to D of the figures.
pub const SHOWN: [Cause; 4] = [
    Cause::NoActivation,
    Cause::SlowAverage,
    Cause::Unshuffled,
    Cause::Walled,
];
