//! Eight ways to spoil a small VQ-GAN that compresses speckled discs: each changes one thing of a system that works. The tests read
//! this file too.

use commitment_loss::quantizer::{Learning, Quantizer, Revival, Settings};
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, init_layer, last, mse, mse_backward,
    sigmoid,
};
use lab::rng_at;
use ndarray::{Array2, s};
use ndarray_rand::rand::Rng;
use stability::game::Game;
use stability::net::{Map, Net, layer};
use stability::pair::{Penalties, d_step};

use super::choice::choose;
use super::plain::{
    Coder, Contrast, Form, Of, adaptive_weight, opinion, sharpness,
};

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The decoder listens from the first step on, in full.
    HeardTooEarly,
    /// λ is as large as the ratio comes.
    NoBound,
    /// Codes begin far from all latents, and none is ever started again.
    DeadCodes,
    /// The discriminator looks at one pixel in four.
    OnePixelInFour,
    /// The decoder never listens.
    NeverHeard,
    /// The opinion counts twenty times as much.
    ShareTooLarge,
    /// The discriminator does not learn.
    StandsStill,
    /// Real and fake are exchanged for the discriminator.
    Exchanged,
}

/// All of them.
pub const CAUSES: [Cause; 8] = [
    Cause::HeardTooEarly,
    Cause::NoBound,
    Cause::DeadCodes,
    Cause::OnePixelInFour,
    Cause::NeverHeard,
    Cause::ShareTooLarge,
    Cause::StandsStill,
    Cause::Exchanged,
];

// ANCHOR: recipe
/// The pictures, and pixels on the side of a place.
pub const FORM: Form = Form { side: 16, channels: 3 };
const OF: Of = (FORM, 4);

/// Codes, components of a latent, channels and blocks of a half.
pub const K: usize = 64;
const WIDTH: usize = 4;
const CHANNELS: usize = 16;
const BLOCKS: usize = 1;

/// Pictures of a step, and steps.
const BATCH: usize = 24;
pub const STEPS: u64 = 600;

/// The share of the steps behind which the decoder listens, that over which
/// what the opinion counts grows, the bound of the ratio, what the opinion
/// counts in the end, and R1's γ.
const HEARD: f64 = 0.4;
const GROWS: f64 = 0.2;
const MOST: f64 = 0.2;
const SHARE: f32 = 10.0;
const R1: f64 = 0.05;
// ANCHOR_END: recipe

fn of_coder() -> AdamConfig {
    AdamConfig { lr: 4e-3, beta2: 0.99, ..AdamConfig::default() }
}

fn of_discriminator() -> AdamConfig {
    AdamConfig { lr: 8e-3, beta1: 0.0, beta2: 0.99, ..AdamConfig::default() }
}

/// Steps between two lines of a log.
pub const EVERY: u64 = 20;

/// Fresh pictures by which a line judges.
const JUDGED: usize = 96;

/// The colours of discs, and that of the ground.
const COLOURS: [[f64; 3]; 3] =
    [[0.9, 0.25, 0.2], [0.2, 0.7, 0.3], [0.2, 0.4, 0.9]];
const GROUND: [f64; 3] = [1.0, 0.97, 0.9];

/// Discs of three colours, of any size and place on a plain ground, with dark speckles. `[N, H·W·C]`
pub fn discs(n: usize, rng: &mut impl Rng) -> Array2<f32> {
    let Form { side, channels } = FORM;
    let mut x = Array2::zeros((n, FORM.numbers()));
    for mut picture in x.rows_mut() {
        let disc = COLOURS[rng.random_range(0..COLOURS.len())];
        let radius = rng.random_range(4.5..6.5);
        let mut centre = || rng.random_range(6.0..side as f64 - 6.0);
        let (down, right) = (centre(), centre());
        for n in 0..side * side {
            let (line, column) = ((n / side) as f64, (n % side) as f64);
            let far = (line - down).hypot(column - right);
            let inside = sigmoid(3.0 * (radius - far));
            let speckle = if rng.random_bool(0.15) { 0.3 } else { 1.0 };
            for c in 0..channels {
                let v =
                    inside * disc[c] * speckle + (1.0 - inside) * GROUND[c];
                picture[n * channels + c] = v as f32;
            }
        }
    }
    x
}

/// One line of a log.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The error over the variance, on fresh pictures.
    pub error: f64,
    /// Their sharpness (eq. 10.8).
    pub sharpness: f64,
    /// The largest λ since the last line, its share included; 0 while nobody listens.
    pub lambda: f64,
    /// The discriminator's loss, the mean of the steps since the last line.
    pub judge: f64,
    /// The share of codes that fresh pictures use.
    pub used: f64,
    /// How unlike the four pixels of all 2 × 2 blocks are in what comes back: how far the most prominent of them stands out, over
    /// the least.
    pub lattice: f64,
}

/// What a line says, in names and in words.
pub const SAID: [(&str, &str); 6] = [
    ("error", "the error on fresh pictures"),
    ("sharpness", "the sharpness"),
    ("lambda", "the largest λ"),
    ("judge", "the discriminator's loss"),
    ("used", "the share of codes in use"),
    ("lattice", "the unevenness of 2 × 2 blocks"),
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 6] {
        let Self { error, sharpness, lambda, judge, used, lattice } = *self;
        [error, sharpness, lambda, judge, used, lattice]
    }
}

/// The ends of the axes on which these are drawn.
pub const ERRORS: (f64, f64) = (0.1, 2.0);
pub const SHARP: (f64, f64) = (0.0, 1.5);
pub const LAMBDAS: (f64, f64) = (0.1, 100.0);
pub const LOSSES: (f64, f64) = (0.0, 3.0);
pub const LATTICES: (f64, f64) = (1.0, 10.0);

/// How far apart two readings are, as a share of the axis on which they are drawn.
pub fn apart(said: &str, a: f64, b: f64) -> f64 {
    let log = |(low, high): (f64, f64)| {
        let [a, b] = [a, b].map(|v| v.clamp(low, high).ln());
        (a - b).abs() / (high / low).ln()
    };
    let plain = |(low, high): (f64, f64)| {
        let [a, b] = [a, b].map(|v| v.clamp(low, high));
        (a - b).abs() / (high - low)
    };
    match said {
        "error" => log(ERRORS),
        "lambda" => log(LAMBDAS),
        "lattice" => log(LATTICES),
        "sharpness" => plain(SHARP),
        "judge" => plain(LOSSES),
        _ => (a - b).abs(),
    }
}

/// Means of the first third of a log, and of its last third.
pub fn early_and_late(lines: &[Line]) -> [[f64; 6]; 2] {
    let third = lines.len().div_ceil(3);
    let mean = |of: &[Line]| {
        std::array::from_fn(|n| {
            let all = of.iter().map(|line| line.numbers()[n]);
            all.sum::<f64>() / of.len().max(1) as f64
        })
    };
    [mean(&lines[..third]), mean(&lines[lines.len() - third..])]
}

/// Encoder and decoder, as the chapter starts them.
fn coders(rng: &mut impl Rng) -> [Coder<f32>; 2] {
    let (relu, none) = (Activation::Relu, Activation::Identity);
    let leaky = Activation::LeakyRelu(0.2);
    let mut half = |from, to| {
        let mut layers = vec![init_layer(from, CHANNELS, relu, rng)];
        layers.extend(
            (0..BLOCKS)
                .map(|_| init_layer(9 * CHANNELS, CHANNELS, relu, rng)),
        );
        layers.push(init_layer(CHANNELS, to, none, rng));
        layers.iter_mut().for_each(|layer| layer.w *= 0.4);
        Mlp { layers }
    };
    let halves = [half(CHANNELS, WIDTH), half(WIDTH, CHANNELS)];
    let Form { side, channels } = FORM;
    let few = CHANNELS / 2;
    let down = vec![
        layer(Map::Down { side }, (channels, few), leaky, rng),
        layer(Map::Down { side: side / 2 }, (few, CHANNELS), leaky, rng),
    ];
    let up = vec![
        layer(Map::Up { side: side / 4 }, (CHANNELS, few), leaky, rng),
        layer(Map::Up { side: side / 2 }, (few, channels), none, rng),
    ];
    let [into, out] = halves;
    [(into, down), (out, up)]
        .map(|(half, layers)| Coder { half, end: Net { layers } })
}

/// A discriminator of patches, one logit for each place of the grid.
fn discriminator(rng: &mut impl Rng) -> Net<f32> {
    let leaky = Activation::LeakyRelu(0.2);
    let Form { side, channels } = FORM;
    let last = Activation::Identity;
    Net {
        layers: vec![
            layer(Map::Down { side }, (channels, 16), leaky, rng),
            layer(Map::Down { side: side / 2 }, (16, 1), last, rng),
        ],
    }
}

/// A VQ-GAN in training, spoilt or not.
pub struct System {
    cause: Option<Cause>,
    encoder: Coder<f32>,
    decoder: Coder<f32>,
    adams: [Adam<f32>; 2],
    d: Net<f32>,
    of_d: Adam<f32>,
    quantizer: Quantizer<f32>,
    contrast: Contrast,
    seed: u64,
    steps: u64,
    done: u64,
}

impl System {
    /// One that has not been trained yet.
    ///
    /// # Panics
    /// Never: the settings are in their bounds.
    pub fn new(cause: Option<Cause>, seed: u64, steps: u64) -> Self {
        let [encoder, decoder] = coders(&mut rng_at(seed, u64::MAX));
        let rng = &mut rng_at(seed, u64::MAX - 1);
        let x = discs(2 * BATCH, rng);
        let mean = x.mean().expect("pictures");
        let contrast = Contrast { mean, deviation: x.std(0.0) };
        let x = contrast.apply(x);
        let dead = cause == Some(Cause::DeadCodes);
        let revival = Revival { threshold: 0.05 };
        let settings = Settings {
            learning: Learning::Ema { gamma: 0.95, debias: true },
            beta: 0.25,
            usage_decay: 0.95,
            revival: (!dead).then_some(revival),
            ..Settings::default()
        };
        let z_e = encoder.encode(&x, OF).half.y;
        let z_e = match dead {
            true => {
                let far = || rng.random_range(-20.0..20.0);
                Array2::from_shape_simple_fn(z_e.raw_dim(), far)
            }
            false => z_e,
        };
        let quantizer = Quantizer::from_latents(&z_e, K, 10, settings, rng);
        let quantizer = quantizer.expect("settings in their bounds");
        let mut d = discriminator(&mut rng_at(seed, u64::MAX - 2));
        if cause == Some(Cause::OnePixelInFour) {
            d.layers[0].w *= 4.0; // a sixteenth of the inputs
        }
        masked(&mut d, cause);
        Self {
            cause,
            adams: [&encoder, &decoder].map(|of| Adam::new(of, of_coder())),
            of_d: Adam::new(&d, of_discriminator()),
            encoder,
            decoder,
            d,
            quantizer,
            contrast,
            seed,
            steps,
            done: 0,
        }
    }

    fn is(&self, cause: Cause) -> bool {
        self.cause == Some(cause)
    }

    /// The part of its share that the opinion counts at this step.
    fn heard(&self) -> f32 {
        let done = self.done as f64 / self.steps as f64;
        match self.cause {
            Some(Cause::HeardTooEarly) => 1.0,
            Some(Cause::NeverHeard) => 0.0,
            _ => ((done - HEARD) / GROWS).clamp(0.0, 1.0) as f32,
        }
    }

    /// One step; λ, and the discriminator's loss.
    fn step(&mut self) -> [f64; 2] {
        let rng = &mut rng_at(self.seed, self.done);
        let x = self.contrast.apply(discs(BATCH, rng)); // [B, H·W·C]
        let encoded = self.encoder.encode(&x, OF);
        let z_e = &encoded.half.y; // [N, D]
        let found = choose(z_e, self.quantizer.codebook(), None);
        let found = found.expect("finite latents");
        let found = self.quantizer.found(z_e, found).quantized;
        let decoded = self.decoder.decode(&found.z_q, OF);
        let x_hat = last(&decoded.end); // [B, H·W·C]
        let mut d_x_hat = mse_backward(x_hat, &x);
        let mut lambda = 0.0;
        let heard = self.heard();
        if heard > 0.0 {
            let (_, d_adv) = opinion(&self.d, x_hat); // [B, H·W·C]
            let at = |d| self.decoder.at_last_weights(&decoded, d, OF);
            let most = match self.is(Cause::NoBound) {
                true => f64::INFINITY,
                false => MOST,
            };
            let share = match self.is(Cause::ShareTooLarge) {
                true => 20.0 * SHARE,
                false => SHARE,
            };
            let (d_rest, d_a) = (at(&d_x_hat), at(&d_adv));
            lambda = heard * share * adaptive_weight(&d_rest, &d_a, most);
            d_x_hat.scaled_add(lambda, &d_adv);
        }
        let (d_z_q, d_decoder) =
            self.decoder.decode_backward(&decoded, d_x_hat, OF);
        let z_q = &found.z_q;
        let d_z_e = self.quantizer.encoder_gradient(z_e, z_q, d_z_q);
        let d_encoder = self.encoder.encode_backward(&encoded, &d_z_e, OF);
        let left = 1.0 - 0.8 * self.done as f64 / self.steps as f64;
        let nets = [&mut self.encoder, &mut self.decoder].into_iter();
        let moved = nets.zip([d_encoder, d_decoder]);
        for (adam, (net, d)) in self.adams.iter_mut().zip(moved) {
            adam.config.lr = of_coder().lr * left;
            adam.step(net, &d);
        }
        let learnt = self.quantizer.learn(z_e, &found.indices, rng);
        learnt.expect("the same latents");
        let seen = match self.is(Cause::Exchanged) {
            true => (x_hat, &x),
            false => (&x, x_hat),
        };
        let penalties = Penalties { real: R1, fake: 0.0, between: 0.0 };
        let none = Array2::zeros((BATCH, 1));
        let (loss, d_d) =
            d_step(&self.d, seen, &none, Game::NonSaturating, penalties);
        if !self.is(Cause::StandsStill) {
            self.of_d.config.lr = of_discriminator().lr * left;
            self.of_d.step(&mut self.d, &d_d);
            masked(&mut self.d, self.cause);
        }
        self.done += 1;
        [f64::from(lambda), f64::from(loss)]
    }

    /// Pictures, encoded and decoded: which codes, and what comes back. `[N, H·W·C]`
    pub fn used(&self, x: &Array2<f32>) -> (Vec<usize>, Array2<f32>) {
        let x = self.contrast.apply(x.clone());
        let z_e = self.encoder.encode(&x, OF).half.y;
        let found = choose(&z_e, self.quantizer.codebook(), None);
        let found = found.expect("finite latents");
        let found = self.quantizer.found(&z_e, found).quantized;
        let decoded = self.decoder.decode(&found.z_q, OF);
        let y = last(&decoded.end).clone();
        (found.indices, self.contrast.undo(y))
    }

    /// What stands in the log now.
    fn line(&self, [lambda, judge]: [f64; 2]) -> Line {
        let x = fresh(JUDGED);
        let (codes, y) = self.used(&x);
        let mut alive = [false; K];
        codes.iter().for_each(|k| alive[*k] = true);
        let alive = alive.iter().filter(|alive| **alive).count();
        Line {
            error: f64::from(mse(&y, &x) / x.var(0.0)),
            sharpness: sharpness(&x, &y, FORM),
            lambda,
            judge,
            used: alive as f64 / K as f64,
            lattice: lattice(&y),
        }
    }

    /// Trains it to the end, and logs it.
    pub fn log(&mut self) -> Vec<Line> {
        let (mut lines, mut most, mut sum) = (Vec::new(), 0.0, 0.0);
        while self.done < self.steps {
            let [lambda, loss] = self.step();
            (most, sum) = (lambda.max(most), sum + loss);
            if self.done.is_multiple_of(EVERY) {
                lines.push(self.line([most, sum / EVERY as f64]));
                (most, sum) = (0.0, 0.0);
            }
        }
        lines
    }
}

/// Of a window's sixteen pixels the discriminator's first layer is left with one: no other window looks at the pixels between.
fn masked(d: &mut Net<f32>, cause: Option<Cause>) {
    if cause == Some(Cause::OnePixelInFour) {
        let kept = 5 * FORM.channels; // line 1, column 1 of the window
        let w = &mut d.layers[0].w; // [16 C, O]
        w.slice_mut(s![..kept, ..]).fill(0.0);
        w.slice_mut(s![kept + FORM.channels.., ..]).fill(0.0);
    }
}

/// Of the four pixels of all 2 × 2 blocks, how far they stand out from their four neighbours, squared: the most over the least.
fn lattice(y: &Array2<f32>) -> f64 {
    let Form { side, channels } = FORM;
    let mut sums = [1e-12; 4];
    for picture in y.rows() {
        let at = |line: usize, column: usize, c: usize| {
            f64::from(picture[(line * side + column) * channels + c])
        };
        for n in 0..(side - 2) * (side - 2) * channels {
            let (c, pixel) = (n % channels, n / channels);
            let (i, j) = (pixel / (side - 2) + 1, pixel % (side - 2) + 1);
            let around = at(i - 1, j, c) + at(i + 1, j, c);
            let around = around + at(i, j - 1, c) + at(i, j + 1, c);
            let out = at(i, j, c) - around / 4.0;
            sums[i % 2 * 2 + j % 2] += out * out;
        }
    }
    let most = sums.iter().copied().fold(f64::MIN, f64::max);
    most / sums.iter().copied().fold(f64::MAX, f64::min)
}

/// Pictures that no step has seen, the same for all runs. `[N, H·W·C]`
pub fn fresh(n: usize) -> Array2<f32> {
    let x = discs(JUDGED, &mut rng_at(0x7e57, 0));
    x.slice(s![..n, ..]).to_owned()
}

/// Trains a system, spoilt or not, and logs it.
pub fn log(cause: Option<Cause>, seed: u64, steps: u64) -> Vec<Line> {
    System::new(cause, seed, steps).log()
}

// The answers of exercise 10.8 stand below.

/// What is wrong with the runs A to D of the figure.
pub const SHOWN: [Cause; 4] = [
    Cause::DeadCodes,
    Cause::OnePixelInFour,
    Cause::HeardTooEarly,
    Cause::NoBound,
];
