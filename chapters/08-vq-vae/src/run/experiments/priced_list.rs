//! Chapter 5's list with prices for its patches: entropy-constrained vector quantisation, without a network. A part of the
//! experiment `rate`.

use codebook_lookup::plain::{
    assemble, cluster_means, gather, kmeans_plus_plus, squared_distance,
};
use lab::{Lab, Within};
use ndarray::{Array2, Zip};
use ndarray_rand::rand::Rng;

use crate::measures::Curve;
use crate::plain::{IMAGE, space_to_depth};
use crate::rate::cheapest;
use crate::run::setting::{Data, file_bits, tables};
use crate::run::short::SEEDS;

const PATCH: usize = 4;
const PLACES: usize = 49;

/// What a bit costs, in units of the mean squared distance.
pub const LAMBDAS: [f64; 4] = [0.1, 0.2, 0.4, 0.8];

/// The curve of each seed.
pub fn measure(lab: &mut Lab, data: &Data) -> anyhow::Result<[Curve; SEEDS]> {
    let images = lab.by_scale(50, 5000, 60_000);
    let x = space_to_depth(&data.learnt(images), PATCH); // [49 · images, 16]
    let k = lab.by_scale(16, 1024, 4096);
    lab.result("priced_list_codes", k as f64, Within::Exactly)?;
    let mut curves = [const { Curve::new() }; SEEDS];
    for lambda in LAMBDAS {
        let mut found = [const { Vec::new() }; 2];
        for (n, curve) in curves.iter_mut().enumerate() {
            let rng = &mut lab.rng(&format!("priced-{}", n + 1));
            let steps = lab.by_scale(2, 12, 30);
            let list = learn(&x, k, (lambda, steps), rng)?;
            let point = judge(data, &list)?;
            curve.push(point);
            found[0].push(point.0);
            found[1].push(point.1);
        }
        let [bits, error] = found;
        let name = |what| format!("priced_{lambda}_{what}");
        let within = Within::Factor(1.1);
        lab.over_seeds(&name("mse_over_variance"), &error, within)?;
        lab.over_seeds(&name("bits"), &bits, within)?;
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
