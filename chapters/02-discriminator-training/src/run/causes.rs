//! Six ways to spoil the training of a discriminator whose generator stands still, on this chapter's two densities; each
//! changes one thing of a training that works. The tests read this file too.

use datasets::toy::{Density, GaussianMixture};
use gradients::plain::{Activation, Adam, AdamConfig, Layer, Mlp, sigmoid};
use lab::rng_at;
use minimax_loss::plain::{d_loss, d_loss_backward, data_and_generator};
use ndarray::{Array1, Array2, Axis, concatenate};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use super::plain::{accuracy, d_step_under, leak_into_generator};

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The discriminator's loss does not stop at the fakes: the generator descends it too.
    NotDetached,
    /// One batch of real examples and one of fakes, at every step.
    OneBatch,
    /// Fakes are not scored; real examples are, against 1 and against 0.
    RealScoredTwice,
    /// Real examples have target 0, fakes have target 1.
    TargetsSwapped,
    /// The network ends in a sigmoid, and the loss applies another.
    TwoSigmoids,
    /// Adam's step is two hundred times as long.
    LongSteps,
}

/// All of them.
pub const CAUSES: [Cause; 6] = [
    Cause::NotDetached,
    Cause::OneBatch,
    Cause::RealScoredTwice,
    Cause::TargetsSwapped,
    Cause::TwoSigmoids,
    Cause::LongSteps,
];

/// Real examples of a step, and fakes.
pub const BATCH: usize = 32;

/// Numbers of an example: the first is that of the two densities, the others are noise, alike in both.
pub const WIDTH: usize = 4;

/// Adam's step size in the run that works.
pub const STEP: f64 = 2e-3;

/// Steps between two lines of a log.
pub const EVERY: u64 = 25;

/// Fresh examples by which a line judges.
const JUDGED: usize = 1024;

/// One line of a log.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The loss that is descended, on the batches: the mean of the steps since the last line.
    pub loss: f64,
    /// Equation 2.1 on fresh examples.
    pub fresh: f64,
    /// What the discriminator gives fresh real examples, on average.
    pub d_real: f64,
    /// What it gives fresh fakes.
    pub d_fake: f64,
    /// How often it is right about both.
    pub right: f64,
}

/// What a line says, in names and in words.
pub const SAID: [(&str, &str); 5] = [
    ("loss", "the loss on the batches"),
    ("fresh", "the loss on fresh examples"),
    ("d_real", "D at real examples"),
    ("d_fake", "D at fakes"),
    ("right", "the accuracy"),
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 5] {
        [self.loss, self.fresh, self.d_real, self.d_fake, self.right]
    }
}

/// The end of the axis on which losses are drawn.
pub const HIGHEST: f64 = 3.0;

/// How far apart two readings are, as a share of the axis on which they are drawn.
pub fn apart(said: &str, a: f64, b: f64) -> f64 {
    match said {
        "loss" | "fresh" => (a.min(HIGHEST) - b.min(HIGHEST)).abs() / HIGHEST,
        _ => (a - b).abs(),
    }
}

/// Means of the last third of a log.
pub fn late(lines: &[Line]) -> [f64; 5] {
    let last = &lines[lines.len() * 2 / 3..];
    std::array::from_fn(|n| {
        last.iter().map(|line| line.numbers()[n]).sum::<f64>()
            / last.len() as f64
    })
}

/// Trains a discriminator, spoilt or not, and logs it. All judging is done on examples that no step has seen.
///
/// # Panics
/// Never: the densities are two mixtures.
pub fn log(cause: Option<Cause>, seed: u64, steps: u64) -> Vec<Line> {
    let [data, _] = data_and_generator().expect("two mixtures");
    let rng = &mut rng_at(seed, u64::MAX);
    let (leaky, none) = (Activation::LeakyRelu(0.2), Activation::Identity);
    let mut d = Mlp::<f64>::new(&[WIDTH, 32, 32, 1], leaky, none, rng);
    // The chapter's fakes, 0.3 + 1.3 z; the other numbers as they come.
    let (mut w, mut b) = (Array2::eye(WIDTH), Array1::zeros(WIDTH));
    (w[[0, 0]], b[0]) = (1.3, 0.3);
    let mut g = Mlp { layers: vec![Layer { w, b, activation: none }] };
    let lr = match cause {
        Some(Cause::LongSteps) => 200.0 * STEP,
        _ => STEP,
    };
    let config = AdamConfig { lr, ..AdamConfig::default() };
    let (mut adam_d, mut adam_g) =
        (Adam::new(&d, config), Adam::new(&g, config));
    let (mut lines, mut sum) = (Vec::new(), 0.0);
    for n in 0..steps {
        let round = if cause == Some(Cause::OneBatch) { 0 } else { n };
        let (x, z) = drawn(&data, BATCH, seed, round);
        let (loss, d_d) =
            d_step_under(&d, &x, &g.output(&z), |real, fake| {
                scored(cause, real, fake)
            });
        if cause == Some(Cause::NotDetached) {
            let d_g = leak_into_generator(&g, &d, &z, false);
            adam_g.step(&mut g, &d_g);
        }
        adam_d.step(&mut d, &d_d);
        sum += loss;
        if (n + 1) % EVERY == 0 {
            lines.push(line(&d, &g, &data, sum / EVERY as f64));
            sum = 0.0;
        }
    }
    lines
}

/// Real examples and noise, `[B, 4]` each.
fn drawn(
    data: &GaussianMixture,
    rows: usize,
    seed: u64,
    stream: u64,
) -> (Array2<f64>, Array2<f64>) {
    let rng = &mut rng_at(seed, stream);
    let x = data.sample(rows, rng); // [B, 1]
    let beside = Array2::random_using((rows, WIDTH - 1), StandardNormal, rng); // [B, 3]
    let z = Array2::random_using((rows, WIDTH), StandardNormal, rng); // [B, 4]
    (concatenate![Axis(1), x, beside], z)
}

/// The loss that is descended, and its gradients at the two columns of logits.
fn scored(
    cause: Option<Cause>,
    s_real: &Array2<f64>,
    s_fake: &Array2<f64>,
) -> (f64, (Array2<f64>, Array2<f64>)) {
    let both = |real: &Array2<f64>, fake: &Array2<f64>| {
        (d_loss(real, fake), d_loss_backward(real, fake))
    };
    match cause {
        Some(Cause::RealScoredTwice) => {
            let (loss, (ones, zeros)) = both(s_real, s_real);
            (loss, (ones + zeros, s_fake * 0.0))
        }
        Some(Cause::TargetsSwapped) => {
            let (loss, (d_fake, d_real)) = both(s_fake, s_real);
            (loss, (d_real, d_fake))
        }
        Some(Cause::TwoSigmoids) => {
            let [p, q] = [s_real, s_fake].map(|s| s.mapv(sigmoid));
            let (loss, (d_p, d_q)) = both(&p, &q);
            let slope = |p: Array2<f64>| p.mapv(|p| p * (1.0 - p));
            (loss, (d_p * slope(p), d_q * slope(q)))
        }
        _ => both(s_real, s_fake),
    }
}

/// What stands in the log of a discriminator as it is now.
fn line(
    d: &Mlp<f64>,
    g: &Mlp<f64>,
    data: &GaussianMixture,
    loss: f64,
) -> Line {
    let (x, z) = drawn(data, JUDGED, 0x7e57, 0);
    let (s_real, s_fake) = (d.output(&x), d.output(&g.output(&z)));
    let belief = |s: &Array2<f64>| s.mapv(sigmoid).sum() / JUDGED as f64;
    Line {
        loss,
        fresh: d_loss(&s_real, &s_fake),
        d_real: belief(&s_real),
        d_fake: belief(&s_fake),
        right: accuracy(&s_real, &s_fake),
    }
}

// The answers of exercise 2.7 stand below.

/// What is wrong with the runs A to D of the figure.
pub const SHOWN: [Cause; 4] = [
    Cause::OneBatch,
    Cause::TwoSigmoids,
    Cause::NotDetached,
    Cause::TargetsSwapped,
];
