//! Does a model give away what it has learnt from? Attacks that tell members from others, and what makes them succeed.

use code_prior::training as prior;
use datasets::{Batches, PixelRange};
use judge::measures::nearest_rows;
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, rng_at,
};
use ndarray::{Array2, Axis as Of, concatenate, s};
use vq_vae::plain::squared_error;
use vq_vae::training::{self as network, pixel_variance};

use crate::plain::auc;
use crate::run::given::Given;

pub const EXPERIMENT: Experiment = Experiment {
    name: "memory",
    cost: Cost::Minutes,
    measure,
    figures: &[("memory", draw)],
    claims,
};

const SEEDS: usize = 3;

/// How many digits are learnt from, and what these lots are called.
const SIZES: [usize; 3] = [500, 5000, 20_000];
const NAMES: [&str; 3] = ["few", "some", "many"];

/// Digits that are planted, and how often each.
const PLANTED: (usize, usize) = (10, 50);

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let given = Given::new(lab)?;
    let n = lab.by_scale(40, 500, 500);
    lab.result("attacked", n as f64, Within::Exactly)?;
    let mut curves = [Vec::new(), Vec::new()];
    let sizes = lab.by_scale([100, 200, 400], SIZES, SIZES);
    for (size, lot) in sizes.into_iter().zip(NAMES) {
        let size = size.min(given.train.nrows());
        let mut found = [Vec::new(), Vec::new()];
        for seed in 0..SEEDS {
            let others = held_out(&given, n, seed);
            let members = given.train.slice(s![..n, ..]).to_owned();
            let both = [&members, &others];
            found[0].push(by_error(lab, &given, (size, seed), both)?);
            found[1].push(by_bits(lab, &given, (size, seed), both)?);
        }
        for (n, what) in ["error", "bits"].into_iter().enumerate() {
            let name = format!("auc_by_{what}_{lot}");
            lab.over_seeds(&name, &found[n], Within::Absolute(0.05))?;
            let mean = found[n].iter().sum::<f64>() / SEEDS as f64;
            curves[n].push(mean);
        }
    }
    lab.column("size", sizes.map(|n| n as f64))?;
    for (what, curve) in ["error", "bits"].into_iter().zip(curves) {
        lab.column(what, curve)?;
    }
    repeated(lab, &given)?;
    by_samples(lab, &given, n)
}

/// Training digits from which nothing has learnt, others for each seed: test digits would be by other writers.
pub(super) fn held_out(given: &Given, n: usize, seed: usize) -> Array2<f32> {
    let all = given.judge.held_out();
    let step = (all.nrows() / n).max(1);
    let from = seed % step;
    let some = all.slice(s![from..;step, ..]);
    some.slice(s![..n.min(some.nrows()), ..]).to_owned()
}

/// The area of an attack by the error of what comes back: members come back better.
fn by_error(
    lab: &Lab,
    given: &Given,
    (size, seed): (usize, usize),
    both: [&Array2<f32>; 2],
) -> anyhow::Result<f64> {
    let digits = &given.judge.train;
    let seed = lab.seed().wrapping_add(seed as u64);
    let mut config = network::Config {
        variance: pixel_variance(digits),
        ..Default::default()
    };
    config.sizes.codes = lab.by_scale(16, config.sizes.codes, 512);
    config.sizes.channels = lab.by_scale(8, config.sizes.channels, 128);
    let config = config.over(lab.by_scale(5, 800, 5000));
    let mut batches = Batches::new(size, config.batch, seed)?;
    let data = move |n| digits.pixels(&batches.batch(n), PixelRange::Unit);
    let run = network::Training::new(config, data, seed)?;
    let mut run = network::in_room(lab, run)?;
    let name = format!("network-{size}-{seed}");
    lab.train(&name, config.steps, &mut run)?;
    let model = run.model();
    let score = |x: &Array2<f32>| -> anyhow::Result<Vec<f64>> {
        let error = squared_error(x, &model.reconstruct(x)?);
        Ok(error.iter().map(|e| -e).collect())
    };
    let [members, others] = both.map(score);
    Ok(auc(&members?, &others?))
}

/// The area of an attack by the bits of a prior: members take fewer.
fn by_bits(
    lab: &Lab,
    given: &Given,
    (size, seed): (usize, usize),
    both: [&Array2<f32>; 2],
) -> anyhow::Result<f64> {
    let x = given.train.slice(s![..size, ..]).to_owned();
    let codes = given.network.encode(&x)?; // [size, T]
    let prior = learnt(lab, given, &codes, &format!("bits-{size}"), seed)?;
    let [members, others] = both.map(|x| scores(given, &prior, x));
    Ok(auc(&members?, &others?))
}

/// A prior over some code maps.
fn learnt(
    lab: &Lab,
    given: &Given,
    codes: &Array2<usize>,
    name: &str,
    seed: usize,
) -> anyhow::Result<code_prior::model::Prior<f32>> {
    let seed = lab.seed().wrapping_add(seed as u64);
    let mut config = prior::Config::default();
    config.sizes.codes = given.network.codes();
    config.sizes.width = lab.by_scale(16, config.sizes.width, 256);
    config.steps = lab.by_scale(5, 800, 5000);
    let run = prior::Training::new(config, codes, seed)?;
    let mut run = prior::in_room(lab, run)?;
    lab.train(&format!("{name}-{seed}"), config.steps, &mut run)?;
    Ok(run.prior())
}

/// Minus the nats of digits. `[N]`
pub(super) fn scores(
    given: &Given,
    prior: &code_prior::model::Prior<f32>,
    x: &Array2<f32>,
) -> anyhow::Result<Vec<f64>> {
    let nats = prior.nats(&given.network.encode(x)?)?;
    Ok(nats.sum_axis(Of(1)).iter().map(|v| -v).collect())
}

/// Some digits stand in the data many times: the attack on these, and on those that stand there once.
fn repeated(lab: &mut Lab, given: &Given) -> anyhow::Result<()> {
    let (few, times) = PLANTED;
    let size = lab.by_scale(200, 5000, 5000);
    let mut found = [Vec::new(), Vec::new()];
    for seed in 0..SEEDS {
        let x = given.train.slice(s![..size, ..]).to_owned();
        let planted = x.slice(s![..few, ..]).to_owned();
        let copies: Vec<_> = (1..times).map(|_| planted.view()).collect();
        let copies = ndarray::concatenate(Of(0), &copies)?;
        let all = concatenate![Of(0), x, copies];
        let codes = given.network.encode(&all)?;
        let prior = learnt(lab, given, &codes, "repeated", seed)?;
        let others = held_out(given, lab.by_scale(40, 500, 500), seed);
        let once = x.slice(s![few..few + others.nrows(), ..]).to_owned();
        let others = scores(given, &prior, &others)?;
        for (found, of) in found.iter_mut().zip([&planted, &once]) {
            found.push(auc(&scores(given, &prior, of)?, &others));
        }
    }
    for (what, all) in ["repeated", "once"].iter().zip(&found) {
        let name = format!("auc_{what}");
        lab.over_seeds(&name, all, Within::Absolute(0.08))?;
    }
    Ok(())
}

/// The attack on chapter 3's generator, of whose network nothing is known: members lie nearer to what it draws.
fn by_samples(lab: &mut Lab, given: &Given, n: usize) -> anyhow::Result<()> {
    let draws = lab.by_scale(100, 10_000, 20_000);
    let mut found = Vec::new();
    for seed in 0..SEEDS {
        let rng = &mut rng_at(lab.seed(), 300 + seed as u64);
        let z = given.noise.sample(draws, rng);
        let drawn = given.generator.output(&z);
        let drawn = drawn.mapv(|v| f64::from(0.5 * v + 0.5));
        let score = |x: &Array2<f32>| -> Vec<f64> {
            let (_, far) = nearest_rows(&x.mapv(f64::from), &drawn);
            far.iter().map(|v| -v).collect()
        };
        let others = held_out(given, n, seed);
        let members = given.train.slice(s![..n, ..]).to_owned();
        found.push(auc(&score(&members), &score(&others)));
    }
    lab.over_seeds("auc_by_samples", &found, Within::Absolute(0.05))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    Plot::new("")
        .x("digits that were learnt from", Axis::Log)
        .y("area under the curve", Axis::Linear)
        .y_range(0.4, 1.0)
        .line("by error", of.curve("size", "error")?)
        .line("by bits", of.curve("size", "bits")?)
        .horizontal("guessing", 0.5)
        .svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, SEEDS);
    vec![
        ("bits_give_few_away", less("auc_by_bits_many", "auc_by_bits_few")),
        ("so_does_the_error", less("auc_by_error_many", "auc_by_error_few")),
        ("bits_give_more_away", less("auc_by_error_few", "auc_by_bits_few")),
        ("everyone_is_found", Claim::less(0.999, "auc_by_bits_few")),
        ("what_is_repeated_stands_out", less("auc_once", "auc_repeated")),
        (
            "samples_give_little_away",
            less("auc_by_samples", "auc_by_error_few"),
        ),
    ]
}
