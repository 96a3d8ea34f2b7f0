//! Eight ways to spoil the training of an encoder through a lookup; each changes one thing of a training that works. The tests
//! read this file too.

use datasets::toy::{Density, GaussianMixture};
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, last, mse, mse_backward,
};
use lab::rng_at;
use ndarray::{Array2, array, s};

use super::plain::{
    gumbel_noise, gumbel_softmax, gumbel_softmax_backward, rotate,
    straight_through, straight_through_backward,
};

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The gradient ends at the lookup.
    NothingPassed,
    /// It is handed on with a minus sign.
    SignTurned,
    /// The decoder is trained on latents.
    LookupLeftOut,
    /// The encoder gets the decoder's gradient at the latent, not at the code.
    TakenAtTheLatent,
    /// The encoder gets the gradient of the distance from its codes, and nothing else.
    PulledToTheCode,
    /// Under the rotation trick, a gradient is turned as the latent is, where it has to be turned back.
    TurnedForward,
    /// Mixtures are decoded, at a temperature that does not fall.
    HotMixture,
    /// Both step sizes are thirty times as large.
    LongSteps,
}

/// All of them.
pub const CAUSES: [Cause; 8] = [
    Cause::NothingPassed,
    Cause::SignTurned,
    Cause::LookupLeftOut,
    Cause::TakenAtTheLatent,
    Cause::PulledToTheCode,
    Cause::TurnedForward,
    Cause::HotMixture,
    Cause::LongSteps,
];

/// Points of a step.
const BATCH: usize = 128;

/// Adam's step size in the run that works.
const STEP: f64 = 3e-3;

/// The temperature that does not fall.
const HOT: f64 = 2.0;

/// Steps of a run.
pub const STEPS: u64 = 1000;

/// Steps between two lines of its log.
pub const EVERY: u64 = 20;

/// Unseen points by which a line judges, and how many of their latents are drawn.
const JUDGED: usize = 1024;
const DRAWN: usize = 160;

/// The codebook, which stands still. `[8, 2]`
pub fn codes() -> Array2<f64> {
    array![
        [-0.9, -0.7],
        [0.1, -0.95],
        [0.95, -0.45],
        [-0.35, 0.1],
        [0.55, 0.35],
        [-0.95, 0.75],
        [0.25, 1.05],
        [1.1, 1.0]
    ]
}

/// One line of a log.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The loss that is descended, on the batches, over the variance: the mean of the steps since the last line.
    pub batches: f64,
    /// The error on unseen points over the variance, each decoded from its code.
    pub unseen: f64,
    /// The length of the latents, the root of the mean square.
    pub length: f64,
    /// That of the way from a latent to its code.
    pub distance: f64,
}

/// What a line says, in names and in words.
pub const SAID: [(&str, &str); 4] = [
    ("batches", "the loss on the batches"),
    ("unseen", "the error on unseen points"),
    ("length", "the length of the latents"),
    ("distance", "their distance from their codes"),
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 4] {
        let Line { batches, unseen, length, distance } = *self;
        [batches, unseen, length, distance]
    }
}

/// A run's log, and some latents of unseen points in the end.
pub struct Log {
    /// Line by line.
    pub lines: Vec<Line>,
    /// `[N, 2]`
    pub latents: Array2<f64>,
}

/// The end of the axis on which errors are drawn.
pub const HIGHEST: f64 = 1.2;

/// The ends of the axis on which lengths are drawn.
pub const LENGTHS: [f64; 2] = [0.05, 500.0];

/// How far apart two readings are, as a share of the axis on which they are drawn.
pub fn apart(said: &str, a: f64, b: f64) -> f64 {
    match said {
        "length" | "distance" => {
            let [low, high] = LENGTHS;
            let [a, b] = [a, b].map(|v| v.clamp(low, high).log10());
            (a - b).abs() / (high / low).log10()
        }
        _ => (a.min(HIGHEST) - b.min(HIGHEST)).abs() / HIGHEST,
    }
}

/// Means of the last third of a log.
pub fn late(lines: &[Line]) -> [f64; 4] {
    let last = &lines[lines.len() * 2 / 3..];
    std::array::from_fn(|n| {
        last.iter().map(|line| line.numbers()[n]).sum::<f64>()
            / last.len() as f64
    })
}

/// Trains, spoilt or not, and logs it. All judging is done on points that no step has seen.
///
/// # Panics
/// Never: no cause makes a number infinite in a thousand steps.
pub fn log(cause: Option<Cause>, seed: u64, steps: u64) -> Log {
    let data = GaussianMixture::ring_of_8(0.1).expect("a ring");
    let rng = &mut rng_at(seed, u64::MAX);
    let mut net = || {
        let (leaky, none) =
            (Activation::LeakyRelu(0.2), Activation::Identity);
        Mlp::<f64>::new(&[2, 32, 2], leaky, none, rng)
    };
    let (mut encoder, mut decoder, codebook) = (net(), net(), codes());
    let lr = match cause {
        Some(Cause::LongSteps) => 30.0 * STEP,
        _ => STEP,
    };
    let config = AdamConfig { lr, ..AdamConfig::default() };
    let mut adams =
        (Adam::new(&encoder, config), Adam::new(&decoder, config));
    let unseen = data.sample(JUDGED, &mut rng_at(0x7e57, 0)); // [N, 2]
    let (mut lines, mut sum) = (Vec::new(), 0.0);
    for n in 0..steps {
        let rng = &mut rng_at(seed, n);
        let x = data.sample(BATCH, rng); // [B, 2]
        let coded = encoder.forward(&x);
        let z_e = last(&coded); // [B, 2]
        let z_q = straight_through(z_e, &codebook).expect("finite").z_q; // [B, 2]
        let noise = gumbel_noise((BATCH, codebook.nrows()), rng); // [B, K]
        let mixed = gumbel_softmax(z_e, &codebook, &noise, HOT);
        let mixed = mixed.expect("finite");
        let seen = match cause {
            Some(Cause::LookupLeftOut) => z_e,
            Some(Cause::HotMixture) => &mixed.z_q,
            _ => &z_q,
        };
        let made = decoder.forward(seen);
        let y = last(&made); // [B, 2]
        sum += mse(y, &x);
        let (d_z_q, d_decoder) = decoder.backward(&made, mse_backward(y, &x));
        let d_z_e = match cause {
            Some(Cause::NothingPassed) => d_z_q * 0.0,
            Some(Cause::SignTurned) => -d_z_q,
            Some(Cause::TakenAtTheLatent) => {
                let made = decoder.forward(z_e);
                decoder.backward(&made, mse_backward(last(&made), &x)).0
            }
            Some(Cause::PulledToTheCode) => mse_backward(z_e, &z_q),
            Some(Cause::TurnedForward) => rotate(z_e, &z_q, &d_z_q),
            Some(Cause::HotMixture) => {
                let p = &mixed.p; // [B, K]
                gumbel_softmax_backward(z_e, &codebook, p, HOT, &d_z_q).0
            }
            _ => straight_through_backward(d_z_q),
        }; // [B, 2]
        let (_, d_encoder) = encoder.backward(&coded, d_z_e);
        adams.0.step(&mut encoder, &d_encoder);
        adams.1.step(&mut decoder, &d_decoder);
        if (n + 1) % EVERY == 0 {
            lines.push(line(&encoder, &decoder, &unseen, sum / EVERY as f64));
            sum = 0.0;
        }
    }
    let latents = encoder.output(&unseen); // [N, 2]
    Log { lines, latents: latents.slice(s![..DRAWN, ..]).to_owned() }
}

/// What stands in the log of an autoencoder as it is now.
fn line(
    encoder: &Mlp<f64>,
    decoder: &Mlp<f64>,
    unseen: &Array2<f64>,
    loss: f64,
) -> Line {
    let long = |rows: &Array2<f64>| {
        (rows.mapv(|v| v * v).sum() / rows.nrows() as f64).sqrt()
    };
    let variance = unseen.var(0.0);
    let z_e = encoder.output(unseen); // [N, 2]
    let z_q = straight_through(&z_e, &codes()).expect("finite").z_q; // [N, 2]
    Line {
        batches: loss / variance,
        unseen: mse(&decoder.output(&z_q), unseen) / variance,
        length: long(&z_e),
        distance: long(&(&z_e - &z_q)),
    }
}

// The answers of exercise 6.9 stand below.

/// What is wrong with the runs A to D of the figure.
pub const SHOWN: [Cause; 4] = [
    Cause::HotMixture,
    Cause::PulledToTheCode,
    Cause::SignTurned,
    Cause::LookupLeftOut,
];
