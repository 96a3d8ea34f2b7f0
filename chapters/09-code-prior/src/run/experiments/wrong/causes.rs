//! Eight ways to spoil a small prior, or what is read off it, on sequences of codes whose best possible bits are known; each
//! changes one thing of what works. The tests read this file too.

use gradients::plain::{
    Adam, AdamConfig, Layer, cross_entropy_backward, linear, linear_backward,
};
use lab::{ChaCha8Rng, rng_at};
use ndarray::{Array1, Array2, Axis, s};
use ndarray_rand::rand::Rng;

use super::model::{Block, Normed, Prior, Sizes};
use super::plain::{
    BITS, attention_backward, bits_per_image, embed, embed_backward, flat,
    nats_by_place, shift_right,
};
use super::sampling::sample;

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// In training a place looks one place too far.
    MaskOffByOne,
    /// In training a place is told its own code.
    NoShift,
    /// No row says where it is.
    NoPositions,
    /// Scores are not divided by the root of D.
    NoRoot,
    /// Every step sees the same few sequences.
    FewSequences,
    /// What is called bits is nats.
    Nats,
    /// Samples are drawn at half the temperature.
    TooCold,
    /// At each place one random number serves for all samples.
    SharedDraw,
}

/// All of them.
pub const CAUSES: [Cause; 8] = [
    Cause::MaskOffByOne,
    Cause::NoShift,
    Cause::NoPositions,
    Cause::NoRoot,
    Cause::FewSequences,
    Cause::Nats,
    Cause::TooCold,
    Cause::SharedDraw,
];

// ANCHOR: rule
/// How probable each of four codes is in the first half of a sequence.
const FIRST: [f64; 4] = [0.5, 0.25, 0.125, 0.125];

/// How often a code of the second half repeats that of four places before;
/// otherwise it is one of the three others, each as often.
pub const REPEATS: f64 = 0.9;

/// Sequences of eight codes. `[N, 8]`
pub fn sequences(n: usize, rng: &mut ChaCha8Rng) -> Array2<usize> {
    let mut all = Array2::zeros((n, 8));
    for mut row in all.rows_mut() {
        for i in 0..4 {
            let mut left: f64 = rng.random();
            let code = FIRST.iter().position(|p| {
                left -= p;
                left < 0.0
            });
            row[i] = code.unwrap_or(3);
        }
        for i in 4..8 {
            row[i] = match rng.random::<f64>() < REPEATS {
                true => row[i - 4],
                false => (row[i - 4] + rng.random_range(1..4)) % 4,
            };
        }
    }
    all
}

/// Bits of the sequences, in the mean, for who knows the rule.
pub fn cost(codes: &Array2<usize>) -> f64 {
    let bits = codes.indexed_iter().map(|((n, i), &code)| {
        let p = match i {
            0..4 => FIRST[code],
            _ if code == codes[[n, i - 4]] => REPEATS,
            _ => (1.0 - REPEATS) / 3.0,
        };
        -p.log2()
    });
    bits.sum::<f64>() / codes.nrows() as f64
}
// ANCHOR_END: rule

/// What nobody can do better: four codes of 1.75 bits, and four of 0.63.
pub const BEST: f64 = 9.509_967_374_645_587;

// ANCHOR: recipe
/// Sequences of a step.
const BATCH: usize = 32;

/// Steps of a run.
pub const STEPS: u64 = 600;

/// Steps between two lines of its log.
pub const EVERY: u64 = 20;

/// Of the prior: one block of two heads.
const SIZES: Sizes =
    Sizes { codes: 4, places: 8, width: 16, heads: 2, blocks: 1, classes: 0 };

/// Adam's, at every step.
const STEP: f64 = 5e-3;
// ANCHOR_END: recipe

/// Fresh sequences by which a line judges, and samples of it.
const JUDGED: usize = 256;

/// One line of a log.
#[derive(Clone, Debug)]
pub struct Line {
    /// Bits of the batches: the mean of the steps since the last line.
    pub batches: f64,
    /// Bits of fresh sequences, computed as in training.
    pub fresh: f64,
    /// The same, computed as in drawing: of each place only what is before is shown.
    pub by_place: f64,
    /// Bits of samples for who knows the rule.
    pub cost: f64,
    /// How often a code of their second half repeats the first.
    pub repeats: f64,
    /// How many of them are different, as a share.
    pub different: f64,
    /// Bits of each place of fresh sequences, computed as in training. `[T]`
    pub places: Array1<f64>,
}

/// What a line says, in names and in words.
pub const SAID: [(&str, &str); 7] = [
    ("batches", "the bits of batches"),
    ("fresh", "the bits of fresh sequences"),
    ("by_place", "those bits, place by place"),
    ("cost", "the bits of its samples under the rule"),
    ("repeats", "the share of codes that repeat"),
    ("different", "the share of samples that are different"),
    ("last", "the bits of the last place"),
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 7] {
        let last = self.places[self.places.len() - 1];
        let Line { batches, fresh, by_place, cost, .. } = *self;
        [batches, fresh, by_place, cost, self.repeats, self.different, last]
    }
}

/// The end of the axis on which bits are drawn.
pub const HIGHEST: f64 = 20.0;

/// The same of the bits of a place.
pub const DEAREST: f64 = 3.0;

/// How far apart two readings are, as a share of the axis on which they are drawn.
pub fn apart(said: &str, a: f64, b: f64) -> f64 {
    match said {
        "repeats" | "different" => (a - b).abs(),
        "last" => (a.min(DEAREST) - b.min(DEAREST)).abs() / DEAREST,
        _ => (a.min(HIGHEST) - b.min(HIGHEST)).abs() / HIGHEST,
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

/// Trains a prior, spoilt or not, and logs it; gives also what it draws in the end. All judging is done on sequences that no
/// step has seen.
///
/// # Panics
/// Never: the sizes fit, and every code is below 4.
pub fn log(
    cause: Option<Cause>,
    seed: u64,
    steps: u64,
) -> (Vec<Line>, Array2<usize>) {
    let rng = &mut rng_at(seed, u64::MAX);
    let mut prior = Prior::<f64>::new(SIZES, rng).expect("sizes that fit");
    if cause == Some(Cause::NoPositions) {
        prior.positions.fill(0.0);
    }
    let config = AdamConfig { lr: STEP, ..AdamConfig::default() };
    let mut adam = Adam::new(&prior, config);
    let (mut lines, mut sum) = (Vec::new(), 0.0);
    let mut drawn = Array2::zeros((0, 8));
    for n in 0..steps {
        let few = cause == Some(Cause::FewSequences);
        let round = if few { 0 } else { n };
        let codes = sequences(BATCH, &mut rng_at(seed, round)); // [B, T]
        let (nats, d) = learn(&prior, &codes, cause);
        adam.step(&mut prior, &d);
        sum += bits_per_image(&nats);
        if (n + 1) % EVERY == 0 {
            let batches = sum / EVERY as f64; // bits
            let line;
            (line, drawn) = judged(&prior, cause, batches, (seed, n));
            lines.push(line);
            sum = 0.0;
        }
    }
    (lines, drawn)
}

/// What stands in the log of a prior as it is now, and what it draws.
fn judged(
    prior: &Prior<f64>,
    cause: Option<Cause>,
    batches: f64,
    (seed, step): (u64, u64),
) -> (Line, Array2<usize>) {
    let unit = if cause == Some(Cause::Nats) { 1.0 / BITS } else { 1.0 };
    let fresh = sequences(JUDGED, &mut rng_at(0x7e57, 0)); // [N, T]
    // The chapter's own pass divides by the root.
    let mut draws = prior.clone();
    if cause == Some(Cause::NoRoot) {
        for q in draws.blocks.iter_mut().map(|block| &mut block.qkv[0]) {
            let root = ((SIZES.width / SIZES.heads) as f64).sqrt();
            q.w *= root;
            q.b *= root;
        }
    }
    let nats = draws.nats(&fresh).expect("codes below 4"); // [N, T]
    let by_place = bits_per_image(&nats);
    let temperature = if cause == Some(Cause::TooCold) { 0.5 } else { 1.0 };
    let seed = seed.wrapping_add(step);
    let mut drawn = sample(&draws, JUDGED, temperature, seed)
        .expect("a temperature above 0"); // [N, T]
    if cause == Some(Cause::SharedDraw) {
        let first = drawn.row(0).to_owned(); // [T]
        drawn.rows_mut().into_iter().for_each(|mut row| row.assign(&first));
    }
    let half = |of| drawn.slice(of);
    let (second, first) = (half(s![.., 4..]), half(s![.., ..4]));
    let same = second.iter().zip(first).filter(|(a, b)| a == b).count();
    let mut kinds: Vec<_> = drawn.rows().into_iter().collect();
    kinds.sort_by(|a, b| a.iter().cmp(b));
    kinds.dedup();
    let as_learnt = learn(prior, &fresh, cause).0; // [N, T]
    let of_places = as_learnt.sum_axis(Axis(0)) / JUDGED as f64; // [T]
    let line = Line {
        batches: batches * unit,
        fresh: bits_per_image(&as_learnt) * unit,
        by_place: by_place * unit,
        cost: cost(&drawn),
        repeats: same as f64 / second.len() as f64,
        different: kinds.len() as f64 / JUDGED as f64,
        places: of_places * BITS * unit,
    };
    (line, drawn)
}

/// The nats of each code, `[B, T]`, and the gradient of their mean; spoilt or not.
fn learn(
    prior: &Prior<f64>,
    codes: &Array2<usize>, // [B, T]
    cause: Option<Cause>,
) -> (Array2<f64>, Prior<f64>) {
    let seen = match cause {
        Some(Cause::NoShift) => codes.clone(),
        _ => shift_right(codes, SIZES.codes),
    }; // [B, T]
    let mut x = embed(&prior.table, &prior.positions, &seen); // [B·T, W]
    let mut passes = Vec::new();
    for block in &prior.blocks {
        let (pass, y) = forward(block, x, cause);
        passes.push(pass);
        x = y; // [B·T, W]
    }
    // What comes behind the blocks is a prior without any.
    let ends = Prior { blocks: Vec::new(), ..prior.clone() };
    let pass = ends.forward_rows(x);
    let targets = flat(codes); // [B·T]
    let nats = nats_by_place(&pass.logits, codes); // [B, T]
    let d_logits = cross_entropy_backward(&pass.logits, &targets);
    let (mut d_x, mut d) = ends.backward_rows(&pass, &d_logits);
    for (block, pass) in prior.blocks.iter().zip(&passes).rev() {
        let (d_rows, d_block) = backward(block, pass, d_x, cause);
        d.blocks.insert(0, d_block);
        d_x = d_rows; // [B·T, W]
    }
    let sizes = (prior.table.nrows(), SIZES.places);
    (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
    if cause == Some(Cause::NoPositions) {
        d.positions.fill(0.0);
    }
    (nats, d)
}

/// What a block's backward pass needs.
struct Pass {
    normed_1: Normed<f64>,
    a: Array2<f64>,
    qkv: [Array2<f64>; 3],
    p: Vec<Array2<f64>>,
    y: Array2<f64>,
    normed_2: Normed<f64>,
    hidden: Vec<Array2<f64>>,
}

/// The chapter's block, around heads that may be spoilt.
fn forward(
    block: &Block<f64>,
    x: Array2<f64>, // [B·T, W]
    cause: Option<Cause>,
) -> (Pass, Array2<f64>) {
    let (normed_1, a) = block.norm_1.forward(&x); // [B·T, W]
    let qkv = block.qkv.each_ref().map(|l| linear(&a, &l.w, &l.b));
    let mut y = Array2::zeros(x.raw_dim()); // [B·T, W]
    let mut p = Vec::new();
    for part in parts(x.nrows()) {
        let [q, k, v] = qkv.each_ref().map(|x| x.slice(part)); // [T, D]
        let weights = weights(&q.dot(&k.t()), q.ncols(), cause); // [T, T]
        y.slice_mut(part).assign(&weights.dot(&v));
        p.push(weights);
    }
    let x = x + linear(&y, &block.out.w, &block.out.b); // [B·T, W]
    let (normed_2, b) = block.norm_2.forward(&x); // [B·T, W]
    let hidden = block.mlp.forward(&b);
    let x = x + &hidden[hidden.len() - 1]; // [B·T, W]
    (Pass { normed_1, a, qkv, p, y, normed_2, hidden }, x)
}

fn backward(
    block: &Block<f64>,
    pass: &Pass,
    d_x: Array2<f64>, // [B·T, W]
    cause: Option<Cause>,
) -> (Array2<f64>, Block<f64>) {
    let (d_b, mlp) = block.mlp.backward(&pass.hidden, d_x.clone());
    let (d, norm_2) = block.norm_2.backward(&pass.normed_2, d_b);
    let d_x = d_x + d; // [B·T, W]
    let (d_y, w, b) = linear_backward(&pass.y, &block.out.w, &d_x);
    let out = Layer { w, b, ..block.out };
    let mut d = [0, 1, 2].map(|_| Array2::zeros(d_x.raw_dim())); // [B·T, W]
    for (part, p) in parts(d_x.nrows()).zip(&pass.p) {
        let [q, k, v] = pass.qkv.each_ref().map(|x| x.slice(part)); // [T, D]
        let mut ds = attention_backward((q, k, v), p, d_y.slice(part));
        if cause == Some(Cause::NoRoot) {
            let root = (q.ncols() as f64).sqrt();
            ds[0] *= root;
            ds[1] *= root;
        }
        for (d, one) in d.iter_mut().zip(&ds) {
            d.slice_mut(part).assign(one);
        }
    }
    let mut d_a = Array2::zeros(d_x.raw_dim()); // [B·T, W]
    let qkv = [0, 1, 2].map(|n| {
        let layer = &block.qkv[n];
        let (d, w, b) = linear_backward(&pass.a, &layer.w, &d[n]);
        d_a += &d;
        Layer { w, b, activation: layer.activation }
    });
    let (d, norm_1) = block.norm_1.backward(&pass.normed_1, d_a);
    (d_x + d, Block { norm_1, qkv, out, norm_2, mlp })
}

/// The rows and columns of each head of each sequence, of so many rows in all.
fn parts(rows: usize) -> impl Iterator<Item = Part> {
    let (t, d) = (SIZES.places, SIZES.width / SIZES.heads);
    (0..rows / t).flat_map(move |n| {
        (0..SIZES.heads)
            .map(move |h| s![n * t..(n + 1) * t, h * d..(h + 1) * d])
    })
}

type Part = ndarray::SliceInfo<
    [ndarray::SliceInfoElem; 2],
    ndarray::Ix2,
    ndarray::Ix2,
>;

/// Equation 9.6's weights, spoilt or not, of products of queries and keys.
fn weights(
    products: &Array2<f64>, // [T, T]
    d: usize,
    cause: Option<Cause>,
) -> Array2<f64> {
    let root = match cause {
        Some(Cause::NoRoot) => 1.0,
        _ => (d as f64).sqrt(),
    };
    let beyond = usize::from(cause == Some(Cause::MaskOffByOne));
    let mut p = products / root; // [T, T]
    for (i, mut row) in p.rows_mut().into_iter().enumerate() {
        let known = (i + 1 + beyond).min(row.len());
        row.slice_mut(s![known..]).fill(f64::NEG_INFINITY);
        let largest = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        row.mapv_inplace(|s| (s - largest).exp());
        let sum = row.sum();
        row /= sum;
    }
    p
}

// The answers of exercise 9.12 stand below.

/// What is wrong with the runs A to D of the figure.
pub const SHOWN: [Cause; 4] =
    [Cause::FewSequences, Cause::MaskOffByOne, Cause::TooCold, Cause::Nats];
