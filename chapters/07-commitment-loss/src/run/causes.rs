//! Seven ways to spoil the training of a small VQ-VAE, on patches that each show one straight edge; each changes one thing of a
//! training that works. The tests read this file too.

use codebook_lookup::plain::usage;
use gradients::plain::{
    Adam, AdamConfig, Mlp, last, mse, mse_backward, sigmoid,
};
use lab::rng_at;
use ndarray::{Array2, Axis};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::Uniform;

use super::plain::late_codebook_loss_backward;
use super::quantizer::{Quantizer, Revival, Settings};
use super::training::{PATCH, WIDTH, networks};

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// β is 0.
    NoCommitment,
    /// β is 100 times as large.
    HeavyCommitment,
    /// The codebook term is taken after the straight-through step.
    TooLate,
    /// The codebook stays as it begins.
    FrozenCodebook,
    /// The reconstruction's gradient is not handed past the lookup.
    DetachedEncoder,
    /// The codebook begins far out, and nothing revives it.
    FarStart,
    /// A code starts again as soon as it has less than a fair share.
    EagerRevival,
}

/// All of them.
pub const CAUSES: [Cause; 7] = [
    Cause::NoCommitment,
    Cause::HeavyCommitment,
    Cause::TooLate,
    Cause::FrozenCodebook,
    Cause::DetachedEncoder,
    Cause::FarStart,
    Cause::EagerRevival,
];

// ANCHOR: recipe
/// Codes.
pub const K: usize = 32;

/// Patches of a step.
pub const BATCH: usize = 128;

/// Steps of a run.
pub const STEPS: u64 = 1200;

/// Steps between two lines of its log.
pub const EVERY: u64 = 20;

/// The settings of the chapter's runs, but for what the cause changes.
fn settings(cause: Option<Cause>) -> Settings {
    let works = Settings { usage_decay: 0.97, ..Settings::default() };
    match cause {
        Some(Cause::NoCommitment) => Settings { beta: 0.0, ..works },
        Some(Cause::HeavyCommitment) => Settings { beta: 25.0, ..works },
        Some(Cause::EagerRevival) => {
            let revival = Some(Revival { threshold: 1.0 });
            Settings { revival, ..works }
        }
        _ => works,
    }
}
// ANCHOR_END: recipe

/// Fresh patches by which a line judges.
const JUDGED: usize = 1024;

/// One line of a log.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Mean length of a latent.
    pub length: f64,
    /// Mean distance of a latent from its code.
    pub distance: f64,
    /// How far a code has moved in a step, mean of the codes and of the steps since the last line.
    pub moved: f64,
    /// The squared error of the pixels over their variance.
    pub lost: f64,
    /// The perplexity.
    pub perplexity: f64,
    /// Codes that are chosen at all.
    pub alive: f64,
}

/// What a line says, in names and in words.
pub const SAID: [(&str, &str); 6] = [
    ("length", "the length of a latent"),
    ("distance", "its distance from its code"),
    ("moved", "the way of a code in a step"),
    ("lost", "the error over the variance"),
    ("perplexity", "the perplexity"),
    ("alive", "the number of codes in use"),
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 6] {
        let Line { length, distance, moved, lost, perplexity, alive } = *self;
        [length, distance, moved, lost, perplexity, alive]
    }
}

/// The ends of the axis on which lengths are drawn.
pub const LENGTHS: [f64; 2] = [1e-4, 100.0];

/// The end of the axis on which the error is drawn.
pub const MOST_LOST: f64 = 1.2;

/// How far apart two readings are, as a share of the axis on which they are drawn.
pub fn apart(said: &str, a: f64, b: f64) -> f64 {
    let [low, high] = LENGTHS;
    match said {
        "length" | "distance" | "moved" => {
            let [a, b] = [a, b].map(|v| v.clamp(low, high).log10());
            (a - b).abs() / (high / low).log10()
        }
        "lost" => (a.min(MOST_LOST) - b.min(MOST_LOST)).abs() / MOST_LOST,
        _ => (a - b).abs() / K as f64,
    }
}

/// Means of the last third of a log.
pub fn late(lines: &[Line]) -> [f64; 6] {
    let last = &lines[lines.len() * 2 / 3..];
    std::array::from_fn(|n| {
        last.iter().map(|line| line.numbers()[n]).sum::<f64>()
            / last.len() as f64
    })
}

/// Patches of 4 × 4 pixels, each with one straight edge at any angle, softly drawn. `[N, 16]`
fn edges(n: usize, rng: &mut impl Rng) -> Array2<f64> {
    let mut x = Array2::zeros((n, PATCH));
    for mut patch in x.rows_mut() {
        let angle = rng.random_range(0.0..std::f64::consts::TAU);
        let (across, down) = angle.sin_cos();
        let at = rng.random_range(-1.0..1.0);
        for (p, v) in patch.iter_mut().enumerate() {
            let [i, j] = [p / 4, p % 4].map(|i| i as f64 / 1.5 - 1.0);
            *v = sigmoid(6.0 * (across * i + down * j - at));
        }
    }
    x
}

/// Trains an autoencoder, spoilt or not, and logs it. All judging is done on patches that no step has seen.
///
/// # Panics
/// Never: the settings are in their bounds, and no cause makes a number infinite in a few thousand steps.
pub fn log(cause: Option<Cause>, seed: u64, steps: u64) -> Vec<Line> {
    let is = |one: Cause| cause == Some(one);
    let (mut encoder, mut decoder) =
        networks::<f64>(&mut rng_at(seed, u64::MAX));
    let settings = settings(cause);
    let rng = &mut rng_at(seed, u64::MAX - 1);
    let mut quantizer = if is(Cause::FarStart) {
        let wide = Uniform::new(-3.0, 3.0).expect("a box");
        let far = Array2::random_using((K, WIDTH), wide, rng); // [K, C]
        Quantizer::new(far, settings)
    } else {
        let z_e = encoder.output(&edges(1024, rng)); // [1024, C]
        Quantizer::from_latents(&z_e, K, 5, settings, rng)
    }
    .expect("settings in their bounds");
    let config = AdamConfig { lr: 2e-3, ..AdamConfig::default() };
    let mut adams =
        (Adam::new(&encoder, config), Adam::new(&decoder, config));
    let (mut lines, mut moved) = (Vec::new(), 0.0);
    for n in 0..steps {
        let rng = &mut rng_at(seed, n);
        let x = edges(BATCH, rng); // [B, 16]
        let encoded = encoder.forward(&x);
        let z_e = last(&encoded); // [B, C]
        let found = quantizer.quantize(z_e).expect("finite latents");
        let (z_q, indices) = (found.quantized.z_q, found.quantized.indices);
        let decoded = decoder.forward(&z_q);
        let d_x_hat = mse_backward(last(&decoded), &x); // [B, 16]
        let (mut d_z_q, d_decoder) = decoder.backward(&decoded, d_x_hat);
        if is(Cause::DetachedEncoder) {
            d_z_q.fill(0.0);
        }
        let mut d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q); // [B, C]
        if is(Cause::TooLate) {
            let reduction = settings.reduction;
            d_z_e += &late_codebook_loss_backward(z_e, &z_q, reduction);
        }
        let (_, d_encoder) = encoder.backward(&encoded, d_z_e);
        adams.0.step(&mut encoder, &d_encoder);
        adams.1.step(&mut decoder, &d_decoder);
        if !is(Cause::FrozenCodebook) && !is(Cause::TooLate) {
            let before = quantizer.codebook().clone(); // [K, C]
            quantizer.learn(z_e, &indices, rng).expect("the same latents");
            moved += mean_length(&(quantizer.codebook() - &before));
        }
        if (n + 1) % EVERY == 0 {
            let nets = (&encoder, &decoder);
            lines.push(line(nets, &quantizer, moved / EVERY as f64));
            moved = 0.0;
        }
    }
    lines
}

fn mean_length(rows: &Array2<f64>) -> f64 {
    let lengths = rows.map_axis(Axis(1), |row| row.dot(&row).sqrt());
    lengths.sum() / lengths.len() as f64
}

/// What stands in the log of an autoencoder as it is now.
fn line(
    (encoder, decoder): (&Mlp<f64>, &Mlp<f64>),
    quantizer: &Quantizer<f64>,
    moved: f64,
) -> Line {
    let x = edges(JUDGED, &mut rng_at(0x7e57, 0)); // [N, 16]
    let z_e = encoder.output(&x); // [N, C]
    let found = quantizer.quantize(&z_e).expect("finite latents").quantized;
    let x_hat = decoder.output(&found.z_q); // [N, 16]
    let counts = usage(&found.indices, K); // [K]
    Line {
        length: mean_length(&z_e),
        distance: mean_length(&(&z_e - &found.z_q)),
        moved,
        lost: mse(&x_hat, &x) / x.var(0.0),
        perplexity: quantizer.perplexity(&found.indices),
        alive: counts.iter().filter(|n| **n > 0).count() as f64,
    }
}

// The answers of exercise 7.13 stand below.

/// What is wrong with the runs A to C of the figure.
pub const SHOWN: [Cause; 3] =
    [Cause::DetachedEncoder, Cause::FarStart, Cause::TooLate];
