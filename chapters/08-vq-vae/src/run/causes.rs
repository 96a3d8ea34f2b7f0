//! Six ways to spoil a small VQ-VAE; each changes one thing of a training that works. Its encoder and its decoder see one
//! patch of a digit each, and no neighbour. The tests read this file too.

use std::path::Path;

use codebook_lookup::plain::patches;
use commitment_loss::plain::perplexity;
use commitment_loss::quantizer::{Learning, Quantizer, Settings};
use datasets::{Digits, PixelRange, Split};
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, last, mse, mse_backward,
};
use lab::rng_at;
use ndarray::{Array2, Axis};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::Uniform;

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No gradient of the error comes past the lookup to the encoder.
    NoStraightThrough,
    /// β = 0.
    NoCommitment,
    /// The decoder is trained on latents, and used on codes.
    LatentsDecoded,
    /// The codebook stays where it started.
    FrozenCodebook,
    /// The codebook starts far from all latents.
    FarCodebook,
    /// Every step sees the same batch.
    OneBatch,
}

/// All of them.
pub const CAUSES: [Cause; 6] = [
    Cause::NoStraightThrough,
    Cause::NoCommitment,
    Cause::LatentsDecoded,
    Cause::FrozenCodebook,
    Cause::FarCodebook,
    Cause::OneBatch,
];

// ANCHOR: setting
/// Codes, components of a latent, patches of a step, steps.
pub const CODES: usize = 32;
pub const WIDTH: usize = 4;
pub const BATCH: usize = 128;
pub const STEPS: u64 = 1000;

/// The codebook of the run that works: moving averages, β = 1.
fn works() -> Settings {
    Settings {
        learning: Learning::Ema { gamma: 0.95, debias: true },
        beta: 1.0,
        ..Settings::default()
    }
}

/// Encoder and decoder: 16 → 32 → 4 and 4 → 32 → 16, with an Adam each.
fn halves(rng: &mut impl Rng) -> [(Mlp<f64>, Adam<f64>); 2] {
    let (relu, none) = (Activation::Relu, Activation::Identity);
    let config = AdamConfig { lr: 3e-3, ..AdamConfig::default() };
    [[16, 32, WIDTH], [WIDTH, 32, 16]].map(|widths| {
        let net = Mlp::new(&widths, relu, none, rng);
        let adam = Adam::new(&net, config);
        (net, adam)
    })
}
// ANCHOR_END: setting

/// Steps between two lines of a log.
pub const EVERY: u64 = 25;

/// Fresh patches by which a line judges.
const JUDGED: usize = 2048;

/// Patches of digits, `[N, 16]` each.
pub struct Patches {
    seen: Array2<f64>,
    fresh: Array2<f64>,
    variance: f64,
}

impl Patches {
    /// Those of a folder of digits.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let of = |split| -> anyhow::Result<Array2<f64>> {
            let digits = Digits::load_28x28(folder, split)?;
            let n = digits.len().min(500);
            let rows: Vec<usize> = (0..n).collect();
            let x = digits.pixels::<f64>(&rows, PixelRange::Unit); // [n, 784]
            Ok(patches(&x.into_shape_with_order((n, 28, 28))?, 4)) // [N, 16]
        };
        let (seen, fresh) = (of(Split::Train)?, of(Split::Test)?);
        let variance = seen.var(0.0);
        Ok(Self { seen, fresh, variance })
    }

    /// Of `from`, as many as are asked for. `[N, 16]`
    fn drawn(
        from: &Array2<f64>,
        n: usize,
        seed: u64,
        stream: u64,
    ) -> Array2<f64> {
        let rng = &mut rng_at(seed, stream);
        let rows: Vec<usize> =
            (0..n).map(|_| rng.random_range(0..from.nrows())).collect();
        from.select(Axis(0), &rows)
    }
}

/// One line of a log.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The error over the variance that is descended, on the batches: the mean of the steps since the last line.
    pub batches: f64,
    /// That on fresh patches, decoded from their codes.
    pub codes: f64,
    /// That on fresh patches, decoded from their latents.
    pub latents: f64,
    /// The mean square of a component of a latent.
    pub square: f64,
    /// The mean square of its distance to the code's.
    pub distance: f64,
    /// The share of codes that a fresh patch uses.
    pub used: f64,
    /// Perplexity over K.
    pub perplexity: f64,
}

/// What a line says, in names and in words.
pub const SAID: [(&str, &str); 7] = [
    ("batches", "the error on the batches"),
    ("codes", "the error on fresh patches"),
    ("latents", "the error from latents"),
    ("square", "the square of a latent"),
    ("distance", "the squared distance to the code"),
    ("used", "the share of codes in use"),
    ("perplexity", "the perplexity over K"),
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 7] {
        let Self { batches, codes, latents, .. } = *self;
        let Self { square, distance, used, perplexity, .. } = *self;
        [batches, codes, latents, square, distance, used, perplexity]
    }
}

/// The ends of the axes on which errors and sizes are drawn.
pub const ERRORS: (f64, f64) = (0.03, 3.0);
pub const SIZES: (f64, f64) = (1e-4, 100.0);

/// How far apart two readings are, as a share of the axis on which they are drawn.
pub fn apart(said: &str, a: f64, b: f64) -> f64 {
    let on = |(low, high): (f64, f64)| {
        let [a, b] = [a, b].map(|v| v.clamp(low, high).ln());
        (a - b).abs() / (high / low).ln()
    };
    match said {
        "batches" | "codes" | "latents" => on(ERRORS),
        "square" | "distance" => on(SIZES),
        _ => (a - b).abs(),
    }
}

/// Means of the last third of a log.
pub fn late(lines: &[Line]) -> [f64; 7] {
    let last = &lines[lines.len() * 2 / 3..];
    std::array::from_fn(|n| {
        let sum: f64 = last.iter().map(|line| line.numbers()[n]).sum();
        sum / last.len() as f64
    })
}

/// Trains a VQ-VAE, spoilt or not, and logs it. All judging is done on patches that no step has seen.
///
/// # Panics
/// Never: patches are finite, and there are more of them than codes.
pub fn log(
    cause: Option<Cause>,
    of: &Patches,
    seed: u64,
    steps: u64,
) -> Vec<Line> {
    let batch = |n| Patches::drawn(&of.seen, BATCH, seed, n); // [B, 16]
    let rng = &mut rng_at(seed, u64::MAX);
    let [(mut encoder, mut adam_e), (mut decoder, mut adam_d)] = halves(rng);
    let mut settings = works();
    if cause == Some(Cause::NoCommitment) {
        settings.beta = 0.0;
    }
    let first = encoder.output(&Patches::drawn(&of.seen, 1024, seed, 0)); // [1024, D]
    let quantizer = match cause {
        Some(Cause::FarCodebook) => {
            let far = Uniform::new(5.0, 6.0).expect("a range");
            let codebook = Array2::random_using((CODES, WIDTH), far, rng);
            Quantizer::new(codebook, settings)
        }
        _ => Quantizer::from_latents(&first, CODES, 10, settings, rng),
    };
    let mut quantizer = quantizer.expect("finite latents");
    let (mut lines, mut sum) = (Vec::new(), 0.0);
    for n in 0..steps {
        let x = batch(if cause == Some(Cause::OneBatch) { 0 } else { n });
        let encoded = encoder.forward(&x);
        let z_e = last(&encoded); // [B, D]
        let found = quantizer.quantize(z_e).expect("finite latents");
        let z_q = &found.quantized.z_q; // [B, D]
        let heard =
            if cause == Some(Cause::LatentsDecoded) { z_e } else { z_q };
        let decoded = decoder.forward(heard);
        sum += mse(last(&decoded), &x) / of.variance;
        let d_x_hat = mse_backward(last(&decoded), &x) / of.variance; // [B, 16]
        let (mut d_z_q, d_decoder) = decoder.backward(&decoded, d_x_hat);
        if cause == Some(Cause::NoStraightThrough) {
            d_z_q.fill(0.0);
        }
        let d_z_e = quantizer.encoder_gradient(z_e, z_q, d_z_q); // [B, D]
        let (_, d_encoder) = encoder.backward(&encoded, d_z_e);
        adam_e.step(&mut encoder, &d_encoder);
        adam_d.step(&mut decoder, &d_decoder);
        if cause != Some(Cause::FrozenCodebook) {
            let indices = &found.quantized.indices;
            let learnt = quantizer.learn(z_e, indices, rng);
            learnt.expect("finite latents");
        }
        if (n + 1) % EVERY == 0 {
            let nets = (&encoder, &decoder);
            lines.push(line(nets, &quantizer, of, sum / EVERY as f64));
            sum = 0.0;
        }
    }
    lines
}

/// What stands in the log of a VQ-VAE as it is now.
fn line(
    (encoder, decoder): (&Mlp<f64>, &Mlp<f64>),
    quantizer: &Quantizer<f64>,
    of: &Patches,
    batches: f64,
) -> Line {
    let x = Patches::drawn(&of.fresh, JUDGED, 0x7e57, 0); // [N, 16]
    let z_e = encoder.output(&x); // [N, D]
    let found = quantizer.quantize(&z_e).expect("finite latents").quantized;
    let error = |z: &Array2<f64>| mse(&decoder.output(z), &x) / of.variance;
    let counts = codebook_lookup::plain::usage(&found.indices, CODES);
    let used = counts.iter().filter(|n| **n > 0).count();
    Line {
        batches,
        codes: error(&found.z_q),
        latents: error(&z_e),
        square: z_e.mapv(|v| v * v).mean().unwrap_or(0.0),
        distance: mse(&found.z_q, &z_e),
        used: used as f64 / CODES as f64,
        perplexity: perplexity(&counts) / CODES as f64,
    }
}

// The answers of exercise 8.9 stand below.

/// What is wrong with the runs A to D of the figure.
pub const SHOWN: [Cause; 4] = [
    Cause::LatentsDecoded,
    Cause::NoStraightThrough,
    Cause::FarCodebook,
    Cause::NoCommitment,
];
