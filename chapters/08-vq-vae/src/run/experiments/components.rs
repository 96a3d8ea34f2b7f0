//! Principal components, their coefficients rounded, and coded with a table for each coefficient.

use codebook_lookup::plain::{gather, kmeans_plus_plus, lloyd_step, nearest};
use datasets::PixelRange;
use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::{Array2, Axis as Dim, concatenate, s};
use ndarray_rand::rand::Rng;

use crate::coding::Tables;
use crate::measures::{Components, principal_components, shared_bits};
use crate::run::setting::{Data, mean_bits};
use crate::run::short::{SEEDS, every};

pub const EXPERIMENT: Experiment = Experiment {
    name: "components",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

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

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    data.train.at_least(16)?;
    let few = lab.by_scale(200, 10_000, 60_000);
    let all = Coefficients::new(&data, few)?;
    for bits in BITS {
        let mut found = [const { Vec::new() }; 2];
        for seed in 1..=SEEDS {
            let judged = rounded(lab, &data, &all, (few, bits, seed))?;
            found.iter_mut().zip(judged).for_each(|(all, v)| all.push(v));
        }
        let [error, coded] = found;
        let name = |what| format!("components_{bits}_{what}");
        let within = Within::Factor(1.1);
        lab.over_seeds(&name("mse_over_variance"), &error, within)?;
        lab.over_seeds(&name("bits"), &coded, within)?;
    }
    Ok(())
}

/// The error of the test digits, and their bits. The levels of a coefficient are those of a one-dimensional k-means on the
/// first few training digits; its table is learnt from all.
fn rounded(
    lab: &Lab,
    data: &Data,
    all: &Coefficients,
    (few, bits, seed): (usize, usize, usize),
) -> anyhow::Result<[f64; 2]> {
    let rng = &mut lab.rng(&format!("components-{bits}-{seed}"));
    let given = shared_bits(&all.components.variances, bits);
    let used = with_bits(&given);
    let mut c = all.test.slice(s![.., ..used]).to_owned(); // [M, C]
    let mut coded = 0.0;
    for (n, bits) in given.iter().take(used).enumerate() {
        let one = |x: &Array2<f64>| x.slice(s![.., n..=n]).to_owned(); // [·, 1]
        let (train, mut test) = (one(&all.train), one(&all.test));
        coded += round(&train, &mut test, (few, *bits), rng)?;
        c.slice_mut(s![.., n..=n]).assign(&test);
    }
    let directions = all.components.directions.slice(s![..used, ..]);
    let y = c.dot(&directions) + &all.components.mean; // [M, 784]
    let y = y.mapv(|v| v.clamp(0.0, 1.0) as f32);
    Ok([data.unexplained(&data.test, &y), coded])
}

/// Rounds a coefficient of the test digits to 2ᵇ levels, and says what it costs.
fn round(
    train: &Array2<f64>,
    test: &mut Array2<f64>,
    (few, bits): (usize, u32),
    rng: &mut impl Rng,
) -> anyhow::Result<f64> {
    let from = train.slice(s![..few.min(train.nrows()), ..]).to_owned();
    let levels = 1_usize.checked_shl(bits).unwrap_or(usize::MAX);
    let k = levels.min(from.nrows());
    let mut levels = kmeans_plus_plus(&from, k, rng)?; // [k, 1]
    for _ in 0..10 {
        levels = lloyd_step(&from, &levels)?.0;
    }
    let column =
        |codes: Vec<usize>| Array2::from_shape_vec((codes.len(), 1), codes);
    let codes = nearest(test, &levels)?; // [M]
    *test = gather(&levels, &codes); // [M, 1]
    let table = Tables::of_codes(&column(nearest(train, &levels)?)?, k)?;
    Ok(mean_bits(&table, &column(codes)?))
}

fn claims() -> Vec<(&'static str, Claim)> {
    let all = |bits: &usize, what: &str| {
        every(&format!("components_{bits}_{what}"))
    };
    let cheaper = BITS.iter().flat_map(|bits| all(bits, "bits"));
    let alike = BITS.iter().flat_map(|b| vec![(*b as f64).into(); SEEDS]);
    let at_343 = lab::over_seeds("components_343_bits", SEEDS);
    vec![
        (
            "coded_coefficients_cost_less",
            Claim::Less(cheaper.collect(), alike.collect()),
        ),
        (
            "coded_coefficients_hardly_shrink",
            Claim::all_above(at_343, 0.9 * 343.0),
        ),
    ]
}
