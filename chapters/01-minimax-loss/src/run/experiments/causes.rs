//! Eight ways to spoil a small game, each of which changes one thing of a game that works: a generator of one number against a
//! discriminator of two. The tests read this file too.

use gradients::plain::sigmoid;
use lab::rng_at;
use ndarray::Array2;
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

use super::plain::{
    d_loss_backward, g_loss_double_sigmoid_backward,
    g_loss_non_saturating_backward, g_loss_saturating_backward,
};

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The generator descends `mean log(1 - D)`.
    Saturating,
    /// The generator descends `mean log D`.
    WrongSign,
    /// The generator descends the discriminator's loss, as the discriminator does.
    SameLoss,
    /// In the discriminator's loss real examples have target 0, and fakes 1.
    TargetsSwapped,
    /// The discriminator ends in a sigmoid, and both losses apply another.
    TwoSigmoids,
    /// The generator's loss is summed over its batch; the step size is as before.
    Summed,
    /// The generator's step size is 64 times as large.
    LongSteps,
    /// The discriminator does not move any more after its first rounds.
    Stopped,
}

/// All of them.
pub const CAUSES: [Cause; 8] = [
    Cause::Saturating,
    Cause::WrongSign,
    Cause::SameLoss,
    Cause::TargetsSwapped,
    Cause::TwoSigmoids,
    Cause::Summed,
    Cause::LongSteps,
    Cause::Stopped,
];

// ANCHOR: recipe
/// Where the generator's bell curve begins; that of the data is at 0.
pub const START: f64 = 4.0;

/// Real examples of a step, and fakes.
pub const BATCH: usize = 64;

/// Steps of the discriminator before each one of the generator.
pub const D_STEPS: usize = 5;

/// The step sizes, of the discriminator and of the generator.
pub const STEP: [f64; 2] = [0.5, 0.1];

/// Steps of the generator.
pub const STEPS: usize = 400;

/// After so many of them `Stopped` keeps its discriminator.
pub const STOPPED_AFTER: usize = 20;

/// Steps between two lines of a log.
pub const EVERY: usize = 5;
// ANCHOR_END: recipe

/// Fresh examples by which a line judges.
const JUDGED: usize = 1000;

/// One line of a log.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Where the generator's bell curve is.
    pub place: f64,
    /// The length of the gradient at the generator's number, mean of the steps since the last line.
    pub slope: f64,
    /// What the discriminator gives fresh real examples, on average.
    pub d_real: f64,
    /// What it gives fresh fakes.
    pub d_fake: f64,
}

/// What a line says, in names and in words.
pub const SAID: [(&str, &str); 4] = [
    ("place", "the generator's place"),
    ("slope", "the length of its gradient"),
    ("d_real", "D at real examples"),
    ("d_fake", "D at fakes"),
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 4] {
        let Line { place, slope, d_real, d_fake } = *self;
        [place, slope, d_real, d_fake]
    }
}

/// The ends of the axis on which places are drawn.
pub const FARTHEST: f64 = 8.0;

/// The ends of the axis on which the gradient's length is drawn.
pub const SLOPES: [f64; 2] = [1e-3, 100.0];

/// How far apart two readings are, as a share of the axis on which they are drawn.
pub fn apart(said: &str, a: f64, b: f64) -> f64 {
    match said {
        "place" => {
            let [a, b] = [a, b].map(|v| v.clamp(-FARTHEST, FARTHEST));
            (a - b).abs() / (2.0 * FARTHEST)
        }
        "slope" => {
            let [low, high] = SLOPES;
            let [a, b] = [a, b].map(|v| v.clamp(low, high).log10());
            (a - b).abs() / (high / low).log10()
        }
        _ => (a - b).abs(),
    }
}

/// Means of a log's first third, and of its last.
pub fn readings(lines: &[Line]) -> [[f64; 4]; 2] {
    let third = lines.len() / 3;
    [&lines[..third], &lines[lines.len() - third..]].map(|some| {
        let mean = |n: usize| {
            some.iter().map(|line| line.numbers()[n]).sum::<f64>()
                / some.len() as f64
        };
        std::array::from_fn(mean)
    })
}

/// Plays the game, spoilt or not, and logs it. The data are N(0, 1), the generator's fakes `place + z`, the logit `a x + b`.
/// A line judges on examples that no step has seen.
pub fn log(cause: Option<Cause>, seed: u64, steps: usize) -> Vec<Line> {
    let is = |one: Cause| cause == Some(one);
    let rng = &mut rng_at(seed, 0);
    let (mut a, mut b, mut place) = (0.0, 0.0, START);
    let (mut lines, mut sum) = (Vec::new(), 0.0);
    let longer = if is(Cause::LongSteps) { BATCH as f64 } else { 1.0 };
    for n in 0..steps {
        for _ in 0..D_STEPS {
            let (x, z) = (normal(BATCH, rng), normal(BATCH, rng)); // [B, 1]
            let fakes = z + place; // [B, 1]
            if is(Cause::Stopped) && n >= STOPPED_AFTER {
                continue;
            }
            let (d_real, d_fake) =
                d_turn(cause, &(&x * a + b), &(&fakes * a + b)); // [B, 1]
            a -= STEP[0] * ((&d_real * &x).sum() + (&d_fake * &fakes).sum());
            b -= STEP[0] * (d_real.sum() + d_fake.sum());
        }
        let fakes = normal(BATCH, rng) + place; // [B, 1]
        let d_place = g_turn(cause, &(&fakes * a + b)).sum() * a;
        place -= longer * STEP[1] * d_place;
        sum += d_place.abs();
        if (n + 1) % EVERY == 0 {
            let rng = &mut rng_at(0x7e57, 0);
            let believed = |x: Array2<f64>| {
                x.mapv(|x| sigmoid(a * x + b)).sum() / JUDGED as f64
            };
            lines.push(Line {
                place,
                slope: sum / EVERY as f64,
                d_real: believed(normal(JUDGED, rng)),
                d_fake: believed(normal(JUDGED, rng) + place),
            });
            sum = 0.0;
        }
    }
    lines
}

/// A column of standard normal numbers. `[N, 1]`
fn normal(rows: usize, rng: &mut impl Rng) -> Array2<f64> {
    Array2::random_using((rows, 1), StandardNormal, rng)
}

/// The gradient of the discriminator's loss at the logits of real examples and of fakes.
fn d_turn(
    cause: Option<Cause>,
    s_real: &Array2<f64>,
    s_fake: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    match cause {
        Some(Cause::TargetsSwapped) => {
            let (d_fake, d_real) = d_loss_backward(s_fake, s_real);
            (d_real, d_fake)
        }
        Some(Cause::TwoSigmoids) => {
            let [p, q] = [s_real, s_fake].map(|s| s.mapv(sigmoid));
            let (d_p, d_q) = d_loss_backward(&p, &q);
            let slope = |p: Array2<f64>| p.mapv(|p| p * (1.0 - p));
            (d_p * slope(p), d_q * slope(q))
        }
        _ => d_loss_backward(s_real, s_fake),
    }
}

/// The gradient of the generator's loss at the logits of its fakes.
fn g_turn(cause: Option<Cause>, s: &Array2<f64>) -> Array2<f64> {
    match cause {
        Some(Cause::Saturating) => g_loss_saturating_backward(s),
        Some(Cause::WrongSign) => -g_loss_non_saturating_backward(s),
        Some(Cause::SameLoss) => d_loss_backward(s, s).1, // at the fakes, target 0
        Some(Cause::TwoSigmoids) => g_loss_double_sigmoid_backward(s),
        Some(Cause::Summed) => {
            g_loss_non_saturating_backward(s) * s.len() as f64
        }
        _ => g_loss_non_saturating_backward(s),
    }
}

// The answers of exercise 1.8 stand below.

/// What is wrong with the runs A to D of the figure.
pub const SHOWN: [Cause; 4] =
    [Cause::TwoSigmoids, Cause::Summed, Cause::SameLoss, Cause::Stopped];
