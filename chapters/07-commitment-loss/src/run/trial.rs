//! A small autoencoder of digit patches, trained from several seeds under settings that are compared.

use codebook_lookup::plain::{
    assemble, cluster_means, kmeans_plus_plus, nearest, patches, usage,
};
use datasets::{Digits, PixelRange, Split};
use gradients::plain::{AdamConfig, Mlp, mse};
use lab::{Lab, Within};
use ndarray::{Array1, Array2, Array3, Axis, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::Uniform;

use crate::quantizer::{Learner, Learning, Quantizer, Settings};
use crate::training::{Autoencoder, Training, WIDTH, in_room, networks};

// ANCHOR: constants
/// Codes in every codebook of digit patches.
pub const K: usize = 32;

/// Patches of a step.
pub const BATCH: usize = 256;

/// Every case is trained from so many starts, on so many orders of the
/// patches.
pub const SEEDS: usize = 5;

/// Of the encoder and the decoder.
pub const ADAM: f64 = 2e-3;
// ANCHOR_END: constants

/// Patches with ink, and some whole digits to look at.
pub struct Data {
    pub train: Array2<f32>,    // [N, 16]
    pub held_out: Array2<f32>, // [M, 16]
    pub digits: Array3<f32>,   // [12, 28, 28]
    pub blank: f64,
}

impl Data {
    pub fn load(lab: &Lab) -> anyhow::Result<Self> {
        let most = lab.by_scale(500, 3000, usize::MAX);
        let (train, all) = inked(lab, Split::Train, most, BATCH)?;
        let most = lab.by_scale(40, 120, 2000);
        let (held_out, test) = inked(lab, Split::Test, most, 1)?;
        let blank = 1.0 - train.nrows() as f64 / (49 * all.dim().0) as f64;
        let digits = test.slice(s![..test.dim().0.min(12), .., ..]);
        Ok(Self { train, held_out, digits: digits.to_owned(), blank })
    }
}

/// The patches with ink, `[N, 16]`, of the first images of a split, `[·, 28, 28]`.
///
/// # Errors
/// The data cannot be read, or there are too few such patches, or they have but one grey value.
fn inked(
    lab: &Lab,
    split: Split,
    most: usize,
    least: usize,
) -> anyhow::Result<(Array2<f32>, Array3<f32>)> {
    let digits = Digits::load_28x28(lab.data(), split)?;
    let rows: Vec<usize> = (0..digits.len().min(most)).collect();
    let images = digits.pixels(&rows, PixelRange::Unit); // [·, 784]
    let images = images.into_shape_with_order((rows.len(), 28, 28))?;
    let cut = patches(&images, 4);
    let patches = cut.select(Axis(0), &has_ink(&cut)); // [N, 16]
    let found = |n| format!("{n} in {} {split} images", rows.len());
    let n = patches.nrows();
    if n < least {
        let expected = format!("at least {least} patches with ink");
        return Err(digits.unsuited(expected, found(n)).into());
    }
    if patches.iter().all(|v| Some(v) == patches.first()) {
        let expected = "patches with ink that differ";
        return Err(digits.unsuited(expected, found(0)).into());
    }
    Ok((patches, images))
}

fn has_ink(patches: &Array2<f32>) -> Vec<usize> {
    let ink = |&n: &usize| patches.row(n).iter().any(|v| *v > 0.0);
    (0..patches.nrows()).filter(ink).collect()
}

pub fn first(patches: &Array2<f32>, most: usize) -> Array2<f32> {
    let n = patches.nrows().min(most);
    patches.slice(s![..n, ..]).to_owned() // [n, 16]
}

/// Where the codebook begins.
#[derive(Clone, Copy, PartialEq)]
pub enum Start {
    /// k-means++ and five steps of Lloyd's algorithm on the first latents.
    Latents,
    /// Anywhere in a box that is wider than the cloud of latents.
    Random,
    /// As `Latents`; the counts of its averages begin at 0 and the sums at the codebook.
    Mismatched,
}

/// What one case does and another does not.
#[derive(Clone, Copy)]
pub struct Case {
    pub settings: Settings,
    pub start: Start,
    pub late: bool,
}

impl Case {
    pub fn new(learning: Learning, beta: f64) -> Self {
        let usage_decay = 0.97;
        let settings =
            Settings { learning, beta, usage_decay, ..Settings::default() };
        Self { settings, start: Start::Latents, late: false }
    }

    /// Whether nothing holds the latents: then they end somewhere far out, and no two machines agree where.
    fn runs_away(&self) -> bool {
        self.settings.beta == 0.0
            || self.late
            || self.start == Start::Mismatched
    }
}

pub fn ema(gamma: f64, debias: bool) -> Learning {
    Learning::Ema { gamma, debias }
}

pub const EMA: Learning = Learning::Ema { gamma: 0.99, debias: true };

/// By the codebook term, with the step size that is used where no other is named.
pub fn by_gradient() -> Learning {
    Learning::gradient(1e-3)
}

/// What is seen of a run, on patches that it does not train on, and how far it may be off on another machine: the mean
/// length of a latent, its mean distance from its code, the squared error of the pixels over their variance, the
/// perplexity, and how many codes are chosen at all.
pub const NOTED: [(&str, f64); 5] = [
    ("length", 0.15),
    ("distance", 0.03),
    ("unexplained", 0.02),
    ("perplexity", 3.0),
    ("alive", 4.0),
];

fn see(run: &Autoencoder, data: &Data) -> anyhow::Result<[f64; 5]> {
    let x = &data.held_out;
    let z_e = run.encoder.output(x); // [N, C]
    let found = run.quantizer.quantize(&z_e)?.quantized;
    let x_hat = run.decoder.output(&found.z_q); // [N, 16]
    let counts = usage(&found.indices, K); // [K]
    Ok([
        mean_length(&z_e),
        mean_length(&(&z_e - &found.z_q)),
        f64::from(mse(&x_hat, x) / x.var(0.0)),
        run.quantizer.perplexity(&found.indices),
        counts.iter().filter(|n| **n > 0).count() as f64,
    ])
}

fn mean_length(rows: &Array2<f32>) -> f64 {
    let lengths = rows.map_axis(Axis(1), |row| row.dot(&row).sqrt()); // [N]
    f64::from(lengths.sum()) / lengths.len() as f64
}

/// A run from one seed.
pub struct Run {
    pub before: Autoencoder,
    pub now: Autoencoder,
    /// What was noted at each of [`milestones`].
    pub seen: Vec<[f64; 5]>,
}

/// The steps after which a run is looked at.
pub fn milestones(lab: &Lab) -> Vec<u64> {
    let every = lab.by_scale(5, 50, 1000);
    (0..=20).map(|n| n * every).collect()
}

/// Trains a case. Cases of one seed begin at the same networks and see the same batches.
pub fn train(
    lab: &Lab,
    data: &Data,
    case: Case,
    seed: usize,
) -> anyhow::Result<Run> {
    let nets = networks(&mut lab.rng(&format!("networks-{seed}")));
    let quantizer = first_codebook(lab, &nets.0, data, case, seed)?;
    let config = AdamConfig { lr: ADAM, ..AdamConfig::default() };
    let order = lab.seed().wrapping_add(seed as u64);
    let mut run =
        Training::new(nets, quantizer, config, &data.train, BATCH, order)?;
    run.late = case.late;
    let mut run = in_room(lab, run)?;
    let (before, mut seen) = (run.now(), Vec::new());
    for at in milestones(lab) {
        while run.steps_done() < at {
            run.step()?;
        }
        run.settle()?;
        seen.push(see(&run.now(), data)?);
    }
    Ok(Run { before, now: run.now(), seen })
}

fn first_codebook(
    lab: &Lab,
    encoder: &Mlp<f32>,
    data: &Data,
    Case { settings, start, .. }: Case,
    seed: usize,
) -> anyhow::Result<Quantizer<f32>> {
    let rng = &mut lab.rng(&format!("codebook-{seed}"));
    if start == Start::Random {
        let wide = Uniform::new(-2.0, 2.0)?;
        let codebook = Array2::random_using((K, WIDTH), wide, rng);
        return Ok(Quantizer::new(codebook, settings)?);
    }
    let z_e = encoder.output(&first(&data.train, 2048)); // [2048, C]
    let mut quantizer = Quantizer::from_latents(&z_e, K, 5, settings, rng)?;
    let codebook = quantizer.codebook().clone();
    if let (Start::Mismatched, Learner::Ema(ema)) =
        (start, &mut quantizer.learner)
    {
        (ema.counts, ema.sums) = (Array1::zeros(K), codebook);
    }
    Ok(quantizer)
}

/// Trains a case from every seed; records how each run ends, as `name_length` and so on, and how the first went on, as
/// columns of these names.
pub fn try_out(
    lab: &mut Lab,
    data: &Data,
    name: &str,
    case: Case,
) -> anyhow::Result<Vec<Run>> {
    let runs = (1..=SEEDS).map(|seed| train(lab, data, case, seed));
    let runs = runs.collect::<anyhow::Result<Vec<_>>>()?;
    for (n, (what, tolerance)) in NOTED.into_iter().enumerate() {
        let name = format!("{name}_{what}");
        let ends: Vec<f64> = runs.iter().map(|run| run.seen[20][n]).collect();
        let within = match (case.runs_away(), what) {
            (true, "length" | "distance") => Within::Factor(10.0),
            (true, _) => Within::Absolute(5.0 * tolerance),
            (false, _) => Within::Absolute(tolerance),
        };
        lab.over_seeds(&name, &ends, within)?;
        lab.column(&name, runs[0].seen.iter().map(|seen| seen[n]))?;
    }
    Ok(runs)
}

/// How many patches choose each code. `[K]`
pub fn chosen(
    run: &Autoencoder,
    x: &Array2<f32>,
) -> anyhow::Result<Array1<usize>> {
    let z_e = run.encoder.output(x); // [N, C]
    Ok(usage(&run.quantizer.quantize(&z_e)?.quantized.indices, K))
}

/// Digits through an autoencoder, patch by patch; blank patches stay blank.
pub fn rebuild(
    run: &Autoencoder,
    digits: &Array3<f32>,
) -> anyhow::Result<Array3<f32>> {
    let mut cut = patches(digits, 4); // [12 · 49, 16]
    let rows = has_ink(&cut);
    let z_e = run.encoder.output(&cut.select(Axis(0), &rows)); // [N, C]
    let z_q = run.quantizer.quantize(&z_e)?.quantized.z_q; // [N, C]
    let x_hat = run.decoder.output(&z_q); // [N, 16]
    for (n, row) in rows.into_iter().zip(x_hat.rows()) {
        cut.row_mut(n).assign(&row);
    }
    Ok(assemble(&cut, (28, 28))) // [12, 28, 28]
}

/// Latents that have chosen, and the codes that shall learn of it.
pub struct Chosen {
    pub z_e: Array2<f64>,    // [N, C]
    pub indices: Vec<usize>, // [N]
    pub means: Array2<f64>,  // [8, C]
    pub start: Array2<f64>,  // [8, C]
}

impl Chosen {
    pub fn new(lab: &Lab, data: &Data) -> anyhow::Result<Self> {
        let (encoder, _) = networks::<f64>(&mut lab.rng("networks"));
        let z_e = encoder.output(&data.train.mapv(f64::from)); // [N, C]
        let rng = &mut lab.rng("ema");
        let centres = kmeans_plus_plus(&z_e, 8, rng)?; // [8, C]
        let indices = nearest(&z_e, &centres)?;
        let means = cluster_means(&z_e, &indices, &centres); // [8, C]
        let wide = Uniform::new(-2.0, 2.0)?;
        let start = Array2::random_using((8, WIDTH), wide, rng); // [8, C]
        Ok(Self { z_e, indices, means, start })
    }
}

/// How many codes no latent chooses at first, and how many of these no latent chooses at the end.
pub fn fate(run: &Run, data: &Data) -> anyhow::Result<[f64; 2]> {
    let before = chosen(&run.before, &data.train)?; // [K]
    let now = chosen(&run.now, &data.train)?; // [K]
    let asleep = (0..K).filter(|&k| before[k] == 0);
    let still = asleep.clone().filter(|&k| now[k] == 0);
    Ok([asleep.count() as f64, still.count() as f64])
}
