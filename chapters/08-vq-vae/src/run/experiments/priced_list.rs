//! Chapter 5's list with prices for its patches: entropy-constrained vector quantisation, without a network. A part of the
//! experiment `rate`.

use codebook_lookup::plain::{
    assemble, cluster_means, gather, kmeans_plus_plus, squared_distance,
};
use lab::{Lab, Within};
use ndarray::{Array2, Zip};
use ndarray_rand::rand::Rng;
use rayon::prelude::*;

use crate::measures::Curve;
use crate::plain::{IMAGE, space_to_depth};
use crate::rate::cheapest;
use crate::run::setting::{Data, file_bits, tables};
use crate::run::short::SEEDS;

const PATCH: usize = 4;
const PLACES: usize = 49;

/// How many codes, and what a bit costs, in units of the mean squared distance. Of lists of one rate a long one with a dear bit
/// leaves a little less than a short one with a cheap bit.
const LISTS: [(usize, f64); 5] =
    [(1024, 1.6), (1024, 0.8), (2048, 0.8), (4096, 0.8), (4096, 0.2)];

/// What the numbers of each list are called.
pub fn names() -> [String; LISTS.len()] {
    LISTS.map(|(k, lambda)| format!("priced_{k}_{lambda}"))
}

/// The curve of each seed.
pub fn measure(lab: &mut Lab, data: &Data) -> anyhow::Result<[Curve; SEEDS]> {
    let images = lab.by_scale(50, 5000, 60_000);
    let x = space_to_depth(&data.learnt(images), PATCH); // [49 · images, 16]
    let steps = lab.by_scale(2, 12, 30);
    let mut curves = [const { Curve::new() }; SEEDS];
    for ((k, lambda), name) in LISTS.into_iter().zip(names()) {
        let k = lab.by_scale(k / 64, k, k);
        let seeds = (1..=SEEDS).into_par_iter().map(|seed| {
            let rng = &mut lab.rng(&format!("priced-{seed}"));
            judge(data, &learn(&x, k, (lambda, steps), rng)?)
        });
        let points = seeds.collect::<anyhow::Result<Vec<_>>>()?;
        let (bits, error): (Vec<f64>, Vec<f64>) =
            points.iter().copied().unzip();
        let within = Within::Factor(1.1);
        lab.over_seeds(&format!("{name}_mse_over_variance"), &error, within)?;
        lab.over_seeds(&format!("{name}_bits"), &bits, within)?;
        curves.iter_mut().zip(points).for_each(|(curve, p)| curve.push(p));
    }
    Ok(curves)
}

/// Patches, and what each costs at each place.
struct List {
    codebook: Array2<f32>, // [K, 16]
    prices: Array2<f32>,   // [49, K]
}

/// The three steps of Chou, Lookabaugh and Gray, in turn: codes by distance and price, means of the patches that chose each,
/// prices by how often it is chosen at each place. The price rises over the first half.
fn learn(
    x: &Array2<f32>, // [49 · images, 16]
    k: usize,
    (lambda, steps): (f64, usize),
    rng: &mut impl Rng,
) -> anyhow::Result<List> {
    let mut codebook = kmeans_plus_plus(x, k, rng)?; // [K, 16]
    let mut prices = Array2::zeros((PLACES, k)); // [49, K]
    for step in 0..steps {
        let codes = cheapest(x, &codebook, &prices)?;
        let found = gather(&codebook, &codes); // [49 · images, 16]
        let pairs = Zip::from(x.rows()).and(found.rows());
        let lost = pairs.fold(0.0, |sum, x, e| sum + squared_distance(x, e));
        let rise = (2.0 * step as f64 / steps as f64).min(1.0);
        let bit = (lambda * rise) as f32 * lost / x.nrows() as f32;
        let mut counts = Array2::from_elem((PLACES, k), 1e-3_f32); // [49, K]
        for (row, &code) in codes.iter().enumerate() {
            counts[[row % PLACES, code]] += 1.0;
        }
        let all = counts.row(0).sum();
        prices = counts.mapv(|n| -(n / all).log2() * bit); // [49, K]
        codebook = cluster_means(x, &codes, &codebook);
    }
    Ok(List { codebook, prices })
}

/// The bits of the test digits in files, and their error.
fn judge(data: &Data, list: &List) -> anyhow::Result<(f64, f64)> {
    let List { codebook, prices } = list;
    let encode = |x: &Array2<f32>| {
        let codes = cheapest(&space_to_depth(x, PATCH), codebook, prices)?;
        Ok(Array2::from_shape_vec((x.nrows(), PLACES), codes)?) // [N, 49]
    };
    let codes = encode(&data.test)?;
    let tables = tables(data, codebook.nrows(), encode)?;
    let flat: Vec<usize> = codes.iter().copied().collect();
    let y = assemble(&gather(codebook, &flat), (IMAGE, IMAGE)); // [N, 28, 28]
    let y = y.into_shape_with_order(data.test.dim())?; // [N, 784]
    Ok((file_bits(&tables, &codes)?, data.unexplained(&data.test, &y)))
}
