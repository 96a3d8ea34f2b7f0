//! Eight ways to spoil k-means on clusters in the plane; each changes one thing of a run that works. The tests read this file
//! too.

use datasets::toy::{Density, GaussianMixture};
use gradients::plain::product;
use lab::rng_at;
use ndarray::{Array2, Axis};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::Uniform;

use super::plain::{
    cluster_means, distortion, first_smallest, gather, gather_backward,
    kmeans_plus_plus, nearest, nearest_by_product, normalize_rows, usage,
};

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// All codes of the start lie in one cluster.
    OneCluster,
    /// The start is drawn from a box much wider than the latents, and nothing revives what stays empty.
    FarStart,
    /// The largest dot product is looked up.
    DotProduct,
    /// Sums are divided by N.
    DividedByAll,
    /// A step looks up one latent, and moves its code onto it.
    OneLatent,
    /// The codebook is learnt from latents divided by their standard deviation, and used on the latents.
    ScaledCopy,
    /// The lookup is the product's, in f32, far from the origin.
    LargeOffset,
    /// After each step the codes are brought to length 1.
    UnitLength,
}

/// All of them.
pub const CAUSES: [Cause; 8] = [
    Cause::OneCluster,
    Cause::FarStart,
    Cause::DotProduct,
    Cause::DividedByAll,
    Cause::OneLatent,
    Cause::ScaledCopy,
    Cause::LargeOffset,
    Cause::UnitLength,
];

// ANCHOR: recipe
/// Latents, codes, and steps of a run.
const N: usize = 480;
pub const K: usize = 16;
pub const STEPS: usize = 30;

/// The latents: 16 clusters, 4 × 4 of them, 1 apart.
fn latents(rng: &mut impl Rng) -> Array2<f64> {
    let mixture = GaussianMixture::grid(4, 1.0, 0.1);
    let mut z = mixture.expect("16 clusters").sample(N, rng); // [N, 2]
    z -= &z.mean_axis(Axis(0)).expect("N is above 0");
    z
}

/// The start: of ten draws of k-means++, the one that is best before any
/// step.
fn best_of_ten(z: &Array2<f64>, rng: &mut impl Rng) -> Array2<f64> {
    let mut draw = || kmeans_plus_plus(z, K, rng).expect("N is above K");
    let starts: Vec<_> = (0..10).map(|_| draw()).collect();
    let far = |e: &&Array2<f64>| {
        distortion(z, &gather(e, &nearest(z, e).expect("finite")))
    };
    let best = starts.iter().min_by(|a, b| far(a).total_cmp(&far(b)));
    best.expect("ten draws").clone() // [K, 2]
}
// ANCHOR_END: recipe

/// How far off the origin `LargeOffset` looks up.
const OFFSET: f64 = 2000.0;

/// One line of a log.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The distortion over the variance of a latent, under the run's own lookup.
    pub lost: f64,
    /// Mean length of a code.
    pub length: f64,
    /// How far a code has moved in this step, on average.
    pub moved: f64,
    /// Codes that are chosen at all.
    pub alive: f64,
}

/// What a line says, in names and in words.
pub const SAID: [(&str, &str); 4] = [
    ("lost", "the error over the variance"),
    ("length", "the length of a code"),
    ("moved", "the way of a code in a step"),
    ("alive", "the number of codes in use"),
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 4] {
        [self.lost, self.length, self.moved, self.alive]
    }
}

/// The ends of the axis on which all but the codes in use are drawn.
pub const ENDS: [f64; 2] = [5e-3, 3.0];

/// How far apart two readings are, as a share of the axis on which they are drawn.
pub fn apart(said: &str, a: f64, b: f64) -> f64 {
    let [low, high] = ENDS;
    match said {
        "alive" => (a - b).abs() / K as f64,
        _ => {
            let [a, b] = [a, b].map(|v| v.clamp(low, high).log10());
            (a - b).abs() / (high / low).log10()
        }
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

/// A run: a line for each step, the latents, and where the codes end.
pub struct Run {
    pub lines: Vec<Line>,
    pub z: Array2<f64>,        // [N, 2]
    pub codebook: Array2<f64>, // [K, 2]
}

/// Learns a codebook, spoilt or not, and logs it.
///
/// # Panics
/// Never: the latents are finite, and no cause makes a number infinite.
pub fn run(cause: Option<Cause>, seed: u64) -> Run {
    let is = |one: Cause| cause == Some(one);
    let rng = &mut rng_at(seed, 0);
    let z = latents(rng); // [N, 2]
    let variance = (&z * &z).sum() / N as f64;
    let shrink = if is(Cause::ScaledCopy) { z.std(0.0) } else { 1.0 };
    let learnt_from = &z / shrink; // [N, 2]
    let mut codebook = match cause {
        Some(Cause::OneCluster) => around_the_first(&z),
        Some(Cause::FarStart) => {
            let wide = Uniform::new(-8.0, 8.0).expect("a box");
            Array2::random_using((K, 2), wide, rng)
        }
        _ => best_of_ten(&learnt_from, rng),
    }; // [K, 2]
    let mut lines = Vec::new();
    for n in 0..STEPS {
        let before = codebook.clone();
        if is(Cause::OneLatent) {
            let one = z.select(Axis(0), &[n % N]); // [1, 2]
            let indices = lookup(cause, &one, &codebook);
            codebook = cluster_means(&one, &indices, &codebook);
        } else {
            let indices = lookup(cause, &learnt_from, &codebook);
            codebook = moved(cause, &learnt_from, &indices, &codebook);
        }
        let indices = lookup(cause, &z, &codebook);
        let z_q = gather(&codebook, &indices); // [N, 2]
        let used = usage(&indices, K); // [K]
        lines.push(Line {
            lost: distortion(&z, &z_q) / variance,
            length: mean_length(&codebook),
            moved: mean_length(&(&codebook - &before)),
            alive: used.iter().filter(|n| **n > 0).count() as f64,
        });
    }
    Run { lines, z, codebook }
}

/// The latents nearest to the first.
fn around_the_first(z: &Array2<f64>) -> Array2<f64> {
    let from = z - &z.row(0); // [N, 2]
    let squares = (&from * &from).sum_axis(Axis(1)); // [N]
    let mut rows: Vec<usize> = (0..N).collect();
    rows.sort_by(|&a, &b| squares[a].total_cmp(&squares[b]));
    z.select(Axis(0), &rows[..K]) // [K, 2]
}

fn lookup(
    cause: Option<Cause>,
    z: &Array2<f64>,
    codebook: &Array2<f64>,
) -> Vec<usize> {
    match cause {
        Some(Cause::DotProduct) => {
            let s = -product(z.view(), codebook.t()); // [N, K]
            s.rows().into_iter().map(first_smallest).collect()
        }
        Some(Cause::LargeOffset) => {
            let far = |x: &Array2<f64>| x.mapv(|v| (v + OFFSET) as f32);
            nearest_by_product(&far(z), &far(codebook))
        }
        _ => nearest(z, codebook).expect("finite numbers"),
    }
}

/// Where the codes go.
fn moved(
    cause: Option<Cause>,
    z: &Array2<f64>,
    indices: &[usize],
    codebook: &Array2<f64>,
) -> Array2<f64> {
    let means = cluster_means(z, indices, codebook); // [K, 2]
    match cause {
        Some(Cause::DividedByAll) => {
            gather_backward(z, indices, K) / z.nrows() as f64 // [K, 2]
        }
        Some(Cause::UnitLength) => normalize_rows(&means),
        _ => means,
    }
}

fn mean_length(rows: &Array2<f64>) -> f64 {
    let lengths = rows.map_axis(Axis(1), |row| row.dot(&row).sqrt());
    lengths.sum() / lengths.len() as f64
}

// The answers of exercise 5.10 stand below.

/// What is wrong with the runs A to D of the figure.
pub const SHOWN: [Cause; 4] = [
    Cause::DotProduct,
    Cause::LargeOffset,
    Cause::OneCluster,
    Cause::ScaledCopy,
];
