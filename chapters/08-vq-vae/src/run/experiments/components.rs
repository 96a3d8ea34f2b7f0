//! Principal components, their coefficients rounded, and coded with a table for each coefficient: a part of the experiment `rate`.

use codebook_lookup::plain::{gather, kmeans_plus_plus, lloyd_step, nearest};
use datasets::PixelRange;
use lab::{Claim, Lab, Within};
use ndarray::{Array1, Array2, Axis as Dim, concatenate, s};
use ndarray_rand::rand::Rng;

use crate::coding::Tables;
use crate::measures::{Components, Curve, principal_components, shared_bits};
use crate::run::setting::{Data, file_bits};
use crate::run::short::SEEDS;

/// Before coding.
pub const BITS: [usize; 8] = [49, 98, 196, 294, 343, 392, 441, 539];

/// The components, and the coefficients of training and test images.
struct Coefficients {
    components: Components,
    train: Array2<f64>, // [N, C]
    test: Array2<f64>,  // [M, C]
}

impl Coefficients {
    /// The components of the first few training images; as many coefficients as are ever used.
    fn new(data: &Data, few: usize) -> anyhow::Result<Self> {
        let from = data.learnt(few).mapv(f64::from);
        let components = principal_components(&from);
        let most = BITS.into_iter().max().unwrap_or(0);
        let used = with_bits(&shared_bits(&components.variances, most));
        let directions = components.directions.slice(s![..used, ..]); // [C, 784]
        let along = |x: Array2<f32>| {
            (x.mapv(f64::from) - &components.mean).dot(&directions.t())
        };
        let rows: Vec<usize> = (0..data.seen).collect();
        let pixels = |rows| data.train.pixels(rows, PixelRange::Unit);
        let parts: Vec<_> =
            rows.chunks(5000).map(|rows| along(pixels(rows))).collect();
        let parts: Vec<_> = parts.iter().map(|part| part.view()).collect();
        let train = concatenate(Dim(0), &parts)?; // [N, C]
        let test = along(data.test.clone()); // [M, C]
        Ok(Self { components, train, test })
    }
}

/// How many coefficients are given bits: the first ones.
fn with_bits(given: &[u32]) -> usize {
    given.iter().filter(|b| **b > 0).count()
}

/// The curve of each seed.
pub fn measure(lab: &mut Lab, data: &Data) -> anyhow::Result<[Curve; SEEDS]> {
    data.train.at_least(16)?;
    let few = lab.by_scale(200, 10_000, 60_000);
    let all = Coefficients::new(data, few)?;
    let mut curves = [const { Curve::new() }; SEEDS];
    for bits in BITS {
        for (n, curve) in curves.iter_mut().enumerate() {
            curve.push(rounded(lab, data, &all, (few, bits, n + 1))?);
        }
        let last = curves.each_ref().map(|c| c[c.len() - 1]);
        let name = |what| format!("components_{bits}_{what}");
        let within = Within::Factor(1.1);
        let (coded, errors) = (last.map(|p| p.0), last.map(|p| p.1));
        lab.over_seeds(&name("mse_over_variance"), &errors, within)?;
        lab.over_seeds(&name("bits"), &coded, within)?;
    }
    Ok(curves)
}

/// The bits of the test digits, and their error. The levels of a coefficient are those of a one-dimensional k-means on the
/// first few training digits; its table is learnt from all.
fn rounded(
    lab: &Lab,
    data: &Data,
    all: &Coefficients,
    (few, bits, seed): (usize, usize, usize),
) -> anyhow::Result<(f64, f64)> {
    let rng = &mut lab.rng(&format!("components-{bits}-{seed}"));
    let given = shared_bits(&all.components.variances, bits);
    let used = with_bits(&given);
    let mut c = all.test.slice(s![.., ..used]).to_owned(); // [M, C]
    let mut train = Array2::zeros((all.train.nrows(), used)); // [N, C]
    let mut test = Array2::zeros(c.raw_dim()); // [M, C]
    for (n, bits) in given.iter().take(used).enumerate() {
        let levels = levels(all, n, (few, *bits), rng)?; // [k, 1]
        let one = |x: &Array2<f64>| x.slice(s![.., n..=n]).to_owned(); // [·, 1]
        let codes =
            [&all.train, &all.test].map(|x| nearest(&one(x), &levels));
        let [of_train, of_test] = codes;
        let of_test = of_test?;
        c.slice_mut(s![.., n..=n]).assign(&gather(&levels, &of_test));
        train.column_mut(n).assign(&Array1::from(of_train?));
        test.column_mut(n).assign(&Array1::from(of_test));
    }
    let directions = all.components.directions.slice(s![..used, ..]);
    let y = c.dot(&directions) + &all.components.mean; // [M, 784]
    let y = y.mapv(|v| v.clamp(0.0, 1.0) as f32);
    let k = train.iter().max().map_or(2, |k| (k + 1).max(2));
    let coded = file_bits(&Tables::of_codes(&train, k)?, &test)?;
    Ok((coded, data.unexplained(&data.test, &y)))
}

/// The 2ᵇ levels of coefficient `n`. `[k, 1]`
fn levels(
    all: &Coefficients,
    n: usize,
    (few, bits): (usize, u32),
    rng: &mut impl Rng,
) -> anyhow::Result<Array2<f64>> {
    let some = few.min(all.train.nrows());
    let from = all.train.slice(s![..some, n..=n]).to_owned(); // [few, 1]
    let levels = 1_usize.checked_shl(bits).unwrap_or(usize::MAX);
    let mut levels = kmeans_plus_plus(&from, levels.min(some), rng)?;
    for _ in 0..10 {
        levels = lloyd_step(&from, &levels)?.0;
    }
    Ok(levels)
}

pub fn claims() -> Vec<(&'static str, Claim)> {
    let at_343 = lab::over_seeds("components_343_bits", SEEDS);
    vec![(
        "coded_coefficients_hardly_shrink",
        Claim::all_above(at_343, 0.9 * 343.0),
    )]
}
