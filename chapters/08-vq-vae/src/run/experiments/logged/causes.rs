//! Eight ways to spoil a small VQ-VAE that compresses drawn letters: each changes one thing of a system that works, in its
//! training, in its use, or in the coder. The tests read this file too.

use codebook_lookup::plain::{assemble, gather, patches, usage};
use commitment_loss::plain::perplexity;
use commitment_loss::quantizer::{Learning, Quantizer, Settings};
use gradients::plain::{
    Activation, Adam, AdamConfig, Layer, Mlp, init_layer, linear,
    linear_backward_parameters, mse, mse_backward, sigmoid,
};
use lab::rng_at;
use ndarray::{Array2, Array3, Axis, s};
use ndarray_rand::rand::Rng;

use super::coding::Tables;
use super::plain::{Half, conv, conv_backward, half, half_backward};
use super::price::{Prices, Rate, choose};

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The decoder is trained on latents, and used on codes.
    LatentsDecoded,
    /// The residual blocks have no sum that goes past them.
    NoSkip,
    /// A bit costs a hundred times as much.
    HighPrice,
    /// The error is divided by the variance of pixels from 0 to 255.
    WrongVariance,
    /// In use, the encoder is given pixels from 0 to 255.
    UnscaledPixels,
    /// In use, lines and columns of each patch are exchanged.
    PatchesTurned,
    /// In use, codes are written line by line, and read column by column.
    ColumnByColumn,
    /// The tables were counted before the training.
    OldTables,
}

/// All of them.
pub const CAUSES: [Cause; 8] = [
    Cause::LatentsDecoded,
    Cause::NoSkip,
    Cause::HighPrice,
    Cause::WrongVariance,
    Cause::UnscaledPixels,
    Cause::PatchesTurned,
    Cause::ColumnByColumn,
    Cause::OldTables,
];

// ANCHOR: recipe
/// Lines and columns of a picture, of a patch, and of the grid.
pub const PICTURE: usize = 16;
pub const PATCH: usize = 4;
pub const SIDE: usize = PICTURE / PATCH;

/// Codes, components of a latent, channels and blocks of a half.
pub const K: usize = 16;
const WIDTH: usize = 4;
const CHANNELS: usize = 12;
const BLOCKS: usize = 4;

/// Pictures of a step, and steps.
const BATCH: usize = 32;
pub const STEPS: u64 = 320;

/// The recipe, but for what the cause changes.
fn recipe(cause: Option<Cause>) -> (AdamConfig, Settings, Rate) {
    let adam = AdamConfig { lr: 4e-3, ..AdamConfig::default() };
    let settings = Settings {
        learning: Learning::Ema { gamma: 0.95, debias: true },
        beta: 0.25,
        ..Settings::default()
    };
    let lambda = match cause {
        Some(Cause::HighPrice) => 20.0,
        _ => 0.2,
    };
    (adam, settings, Rate { lambda, warm_up: STEPS / 4, keep: 0.97 })
}
// ANCHOR_END: recipe

/// Steps between two lines of a log.
pub const EVERY: u64 = 20;

/// Fresh pictures by which a line judges, and pictures that its tables count.
const JUDGED: usize = 128;
const COUNTED: usize = 256;

/// A letter's strokes, from one point to another, in its own box.
type Strokes = &'static [[(f64, f64); 2]];
const LETTERS: [Strokes; 3] = [
    &[[(0.0, 0.0), (0.0, 1.0)], [(0.0, 1.0), (0.7, 1.0)]],
    &[[(0.0, 0.0), (0.8, 0.0)], [(0.8, 0.0), (0.2, 1.0)]],
    &[
        [(0.0, 0.0), (0.0, 1.0)],
        [(0.0, 0.0), (0.7, 0.0)],
        [(0.0, 0.5), (0.5, 0.5)],
    ],
];

/// Letters L, 7 and F, of any size and at any place, softly drawn. `[N, 16, 16]`
pub fn letters(n: usize, rng: &mut impl Rng) -> Array3<f64> {
    let mut x = Array3::zeros((n, PICTURE, PICTURE));
    for mut picture in x.outer_iter_mut() {
        let strokes = LETTERS[rng.random_range(0..LETTERS.len())];
        let size = rng.random_range(8.0..11.0);
        let [left, top] = [0.8, 1.0].map(|wide| {
            rng.random_range(1.5..PICTURE as f64 - 1.5 - wide * size)
        });
        for ((line, column), v) in picture.indexed_iter_mut() {
            let at = |v: usize, from: f64| (v as f64 - from) / size;
            let (across, down) = (at(column, left), at(line, top));
            let far = strokes
                .iter()
                .map(|stroke| distance((across, down), *stroke))
                .fold(f64::INFINITY, f64::min);
            *v = sigmoid(3.0 * (1.1 - size * far));
        }
    }
    x
}

/// From a point to a stroke.
fn distance((x, y): (f64, f64), [from, to]: [(f64, f64); 2]) -> f64 {
    let (u, v) = (to.0 - from.0, to.1 - from.1);
    let along = (x - from.0) * u + (y - from.1) * v;
    let t = (along / (u * u + v * v)).clamp(0.0, 1.0);
    (x - from.0 - t * u).hypot(y - from.1 - t * v)
}

/// One line of a log.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The error that is descended, on the batches: the mean of the steps since the last line.
    pub batches: f64,
    /// The error over the variance on fresh pictures, in use.
    pub fresh: f64,
    /// What a fresh picture costs, in bits.
    pub bits: f64,
    /// The share of codes that fresh pictures use.
    pub used: f64,
    /// Their perplexity over K.
    pub perplexity: f64,
    /// What is lost of the differences between neighbouring pixels across the borders of patches, over that inside them.
    pub seams: f64,
}

/// What a line says, in names and in words.
pub const SAID: [(&str, &str); 6] = [
    ("batches", "the error on the batches"),
    ("fresh", "the error on fresh pictures"),
    ("bits", "the bits of a picture"),
    ("used", "the share of codes in use"),
    ("perplexity", "the perplexity over K"),
    ("seams", "the error across borders over that inside"),
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 6] {
        let Self { batches, fresh, bits, used, perplexity, seams } = *self;
        [batches, fresh, bits, used, perplexity, seams]
    }
}

/// The ends of the axes on which errors, bits and seams are drawn.
pub const ERRORS: (f64, f64) = (0.02, 5.0);
pub const BITS: (f64, f64) = (0.0, 200.0);
pub const SEAMS: (f64, f64) = (0.3, 10.0);

/// How far apart two readings are, as a share of the axis on which they are drawn.
pub fn apart(said: &str, a: f64, b: f64) -> f64 {
    let on = |(low, high): (f64, f64)| {
        let [a, b] = [a, b].map(|v| v.clamp(low, high).ln());
        (a - b).abs() / (high / low).ln()
    };
    match said {
        "batches" | "fresh" => on(ERRORS),
        "seams" => on(SEAMS),
        "bits" => {
            let [a, b] = [a, b].map(|v| v.min(BITS.1));
            (a - b).abs() / BITS.1
        }
        _ => (a - b).abs(),
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

/// Encoder and decoder as the chapter starts them: weights smaller than chapter 0's.
fn halves(rng: &mut impl Rng) -> [Mlp<f64>; 2] {
    let (relu, none) = (Activation::Relu, Activation::Identity);
    let pixels = PATCH * PATCH;
    [(pixels, WIDTH), (WIDTH, pixels)].map(|(from, to)| {
        let mut layers = vec![init_layer(from, CHANNELS, relu, rng)];
        layers.extend(
            (0..BLOCKS)
                .map(|_| init_layer(9 * CHANNELS, CHANNELS, relu, rng)),
        );
        layers.push(init_layer(CHANNELS, to, none, rng));
        layers.iter_mut().for_each(|layer| layer.w *= 0.4);
        Mlp { layers }
    })
}

/// A half whose convolutions follow one another, with no sum past them.
fn straight(net: &Mlp<f64>, x: Array2<f64>) -> Half<f64> {
    let relu = Activation::Relu;
    let [first, blocks @ .., last] = &net.layers[..] else {
        unreachable!("a half has a first layer and a last")
    };
    let mut a = vec![relu.forward(linear(&x, &first.w, &first.b))];
    for Layer { w, b, .. } in blocks {
        a.push(relu.forward(conv(&a[a.len() - 1], w, b, SIDE)));
    }
    let y = linear(&a[a.len() - 1], &last.w, &last.b);
    Half { x, a, y }
}

/// Its gradients, as those of `half_backward`.
fn straight_backward(
    net: &Mlp<f64>,
    Half { x, a, .. }: &Half<f64>,
    d_y: &Array2<f64>,
) -> (Array2<f64>, Mlp<f64>) {
    let relu = Activation::Relu;
    let [_, blocks @ .., last] = &net.layers[..] else {
        unreachable!("a half has a first layer and a last")
    };
    let r = &a[a.len() - 1];
    let mut d = vec![linear_backward_parameters(r, d_y)];
    let mut d_h = relu.backward(r, d_y.dot(&last.w.t())); // [N, C]
    for (a, block) in a.iter().zip(blocks).rev() {
        let (d_a, d_w, d_b) = conv_backward(a, &block.w, &d_h, SIDE);
        d.push((d_w, d_b));
        d_h = relu.backward(a, d_a);
    }
    d.push(linear_backward_parameters(x, &d_h));
    let layers = d.into_iter().rev().zip(&net.layers);
    let layers = layers.map(|((w, b), layer)| Layer { w, b, ..*layer });
    (d_h, Mlp { layers: layers.collect() })
}

/// A network in training, spoilt or not, and the coder's tables.
pub struct System {
    cause: Option<Cause>,
    nets: [Mlp<f64>; 2],
    adams: [Adam<f64>; 2],
    quantizer: Quantizer<f64>,
    prices: Prices<f64>,
    variance: f64,
    seed: u64,
    steps: u64,
    done: u64,
    tables: Tables,
}

impl System {
    /// One that has not been trained yet.
    ///
    /// # Panics
    /// Never: the settings are in their bounds.
    pub fn new(cause: Option<Cause>, seed: u64, steps: u64) -> Self {
        let (adam, settings, rate) = recipe(cause);
        let nets = halves(&mut rng_at(seed, u64::MAX));
        let rng = &mut rng_at(seed, u64::MAX - 1);
        let x = letters(COUNTED, rng);
        let straight_through = cause != Some(Cause::NoSkip);
        let rows = patches(&x, PATCH); // [N, 16]
        let z_e = match straight_through {
            true => half(&nets[0], rows, SIDE),
            false => straight(&nets[0], rows),
        };
        let quantizer = Quantizer::from_latents(&z_e.y, K, 10, settings, rng);
        let quantizer = quantizer.expect("settings in their bounds");
        let warm_up = steps.div_ceil(4);
        let rate = Rate { warm_up, ..rate };
        let prices = Prices::new(rate, SIDE * SIDE, K);
        let empty = Array2::zeros((1, SIDE * SIDE));
        let mut it = Self {
            cause,
            adams: [0, 1].map(|n| Adam::new(&nets[n], adam)),
            nets,
            quantizer,
            prices: prices.expect("a price in its bounds"),
            variance: x.var(0.0),
            seed,
            steps,
            done: 0,
            tables: Tables::of_codes(&empty, K).expect("one map"),
        };
        it.count();
        it
    }

    fn is(&self, cause: Cause) -> bool {
        self.cause == Some(cause)
    }

    fn half(&self, n: usize, x: Array2<f64>) -> Half<f64> {
        match self.is(Cause::NoSkip) {
            true => straight(&self.nets[n], x),
            false => half(&self.nets[n], x, SIDE),
        }
    }

    fn backward(
        &self,
        n: usize,
        of: &Half<f64>,
        d_y: &Array2<f64>,
    ) -> (Array2<f64>, Mlp<f64>) {
        match self.is(Cause::NoSkip) {
            true => straight_backward(&self.nets[n], of, d_y),
            false => half_backward(&self.nets[n], of, d_y, SIDE),
        }
    }

    fn choose(&self, z_e: &Array2<f64>) -> Vec<usize> {
        let prices = self.prices.table(self.done); // [S², K]
        let found = choose(z_e, self.quantizer.codebook(), Some(&prices));
        found.expect("finite latents")
    }

    /// One step; the error that it descends.
    fn step(&mut self) -> f64 {
        let rng = &mut rng_at(self.seed, self.done);
        let x = patches(&letters(BATCH, rng), PATCH); // [N, 16]
        let variance = match self.is(Cause::WrongVariance) {
            true => 255.0 * 255.0 * self.variance,
            false => self.variance,
        };
        let encoded = self.half(0, x);
        let z_e = &encoded.y; // [N, D]
        let found = self.quantizer.found(z_e, self.choose(z_e)).quantized;
        let heard = match self.is(Cause::LatentsDecoded) {
            true => z_e.clone(),
            false => found.z_q.clone(),
        };
        let decoded = self.half(1, heard);
        let x = &encoded.x;
        let d_x_hat = mse_backward(&decoded.y, x) / variance; // [N, 16]
        let (d_s, d_decoder) = self.backward(1, &decoded, &d_x_hat);
        let d_z_q = d_s.dot(&self.nets[1].layers[0].w.t()); // [N, D]
        let z_q = &found.z_q;
        let d_z_e = self.quantizer.encoder_gradient(z_e, z_q, d_z_q);
        let (_, d_encoder) = self.backward(0, &encoded, &d_z_e);
        let left = 1.0 - self.done as f64 / self.steps as f64;
        let lr = recipe(self.cause).0.lr;
        let moved = self.nets.iter_mut().zip([d_encoder, d_decoder]);
        for (adam, (net, d)) in self.adams.iter_mut().zip(moved) {
            adam.config.lr = lr * left;
            adam.step(net, &d);
        }
        self.prices.learn(z_e, z_q, &found.indices);
        let learnt = self.quantizer.learn(z_e, &found.indices, rng);
        learnt.expect("the same latents");
        self.done += 1;
        mse(&decoded.y, x) / variance
    }

    /// The codes of pictures `[N, 16, 16]`. `[N, S²]`
    fn encode(&self, x: &Array3<f64>) -> Array2<usize> {
        let z_e = self.half(0, patches(x, PATCH)).y; // [N · S², D]
        let shape = (x.dim().0, SIDE * SIDE);
        let maps = Array2::from_shape_vec(shape, self.choose(&z_e));
        maps.expect("a code for each place")
    }

    /// The pictures of codes `[N, S²]`. `[N, 16, 16]`
    fn decode(&self, maps: &Array2<usize>) -> Array3<f64> {
        let codes: Vec<usize> = maps.iter().copied().collect();
        let mut rows =
            self.half(1, gather(self.quantizer.codebook(), &codes)).y;
        if self.is(Cause::PatchesTurned) {
            let turned =
                |n: usize| rows.column(n % PATCH * PATCH + n / PATCH);
            let columns: Vec<_> = (0..PATCH * PATCH).map(turned).collect();
            let turned = ndarray::stack(Axis(1), &columns);
            rows = turned.expect("columns of one length");
        }
        assemble(&rows, (PICTURE, PICTURE)).mapv(|v| v.clamp(0.0, 1.0))
    }

    /// Counts the tables anew, on pictures like those that are learnt from.
    fn count(&mut self) {
        let x = letters(COUNTED, &mut rng_at(self.seed, u64::MAX - 2));
        let maps = self.encode(&x);
        self.tables = Tables::of_codes(&maps, K).expect("codes below K");
    }

    /// Pictures in use: their codes, and what comes back.
    pub fn used(&self, x: &Array3<f64>) -> (Array2<usize>, Array3<f64>) {
        let maps = match self.is(Cause::UnscaledPixels) {
            true => self.encode(&(x * 255.0)),
            false => self.encode(x),
        };
        let mut read = maps.clone();
        if self.is(Cause::ColumnByColumn) {
            for place in 0..SIDE * SIDE {
                let other = place % SIDE * SIDE + place / SIDE;
                read.column_mut(place).assign(&maps.column(other));
            }
        }
        let y = self.decode(&read);
        (maps, y)
    }

    /// What stands in the log now.
    fn line(&mut self, batches: f64) -> Line {
        if !self.is(Cause::OldTables) {
            self.count();
        }
        let x = fresh(JUDGED);
        let (maps, y) = self.used(&x);
        let rows = maps.rows().into_iter();
        let bits: f64 = rows.map(|m| self.tables.bits(&m.to_vec())).sum();
        let codes: Vec<usize> = maps.iter().copied().collect();
        let counts = usage(&codes, K); // [K]
        let alive = counts.iter().filter(|n| **n > 0).count();
        let lost = (&y - &x).mapv(|v| v * v).mean().unwrap_or(f64::NAN);
        Line {
            batches,
            fresh: lost / x.var(0.0),
            bits: bits / JUDGED as f64,
            used: alive as f64 / K as f64,
            perplexity: perplexity(&counts) / K as f64,
            seams: seams(&(&y - &x)),
        }
    }

    /// Trains it to the end, and logs it.
    pub fn log(&mut self) -> Vec<Line> {
        let (mut lines, mut sum) = (Vec::new(), 0.0);
        while self.done < self.steps {
            sum += self.step();
            if self.done.is_multiple_of(EVERY) {
                lines.push(self.line(sum / EVERY as f64));
                sum = 0.0;
            }
        }
        lines
    }
}

/// The mean squared difference of neighbouring pixels across the borders of patches, over that inside them.
fn seams(lost: &Array3<f64>) -> f64 {
    let mut sums = [[0.0, 1e-12]; 2];
    for picture in lost.outer_iter() {
        for ((line, column), v) in picture.indexed_iter() {
            for (at, next) in
                [(line, (line + 1, column)), (column, (line, column + 1))]
            {
                if let Some(other) = picture.get(next) {
                    let border = (at + 1).is_multiple_of(PATCH);
                    let of = &mut sums[usize::from(border)];
                    of[0] += (other - v).powi(2);
                    of[1] += 1.0;
                }
            }
        }
    }
    let [inside, across] = sums.map(|[sum, n]| sum / n);
    across / (inside + 1e-12)
}

/// Pictures that no step has seen, the same for all runs. `[N, 16, 16]`
pub fn fresh(n: usize) -> Array3<f64> {
    let x = letters(JUDGED, &mut rng_at(0x7e57, 0));
    x.slice(s![..n, .., ..]).to_owned()
}

/// Trains a system, spoilt or not, and logs it.
pub fn log(cause: Option<Cause>, seed: u64, steps: u64) -> Vec<Line> {
    System::new(cause, seed, steps).log()
}

// The answers of exercise 8.9 stand below.

/// What is wrong with the runs A to D of the figure.
pub const SHOWN: [Cause; 4] = [
    Cause::NoSkip,
    Cause::UnscaledPixels,
    Cause::LatentsDecoded,
    Cause::PatchesTurned,
];
