//! Error against bits by a prior, under one ruler: the network's codes at two prices and those of chapter 5's list, each with a
//! prior of one size.

use codebook_lookup::plain::{gather, kmeans_plus_plus, lloyd_step, nearest};
use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use rayon::prelude::*;
use vq_vae::measures::error_at;
use vq_vae::plain::{depth_to_space, space_to_depth, squared_error};

use crate::run::coded::{Coded, Coder};
use crate::run::world::Pictures;

pub const EXPERIMENT: Experiment = Experiment {
    name: "rates",
    cost: Cost::Minutes,
    measure,
    figures: &[("rates", draw)],
    claims,
};

const SEEDS: usize = 3;

/// What a bit costs the network.
const LAMBDAS: [f64; 2] = [0.4, 0.8];

/// How many patches the list has.
const CODES: [usize; 2] = [64, 256];

/// Where the ruler is read off.
const BITS: f64 = 92.0;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Pictures::new(lab)?;
    let steps = lab.by_scale(4, 2000, 6000);
    lab.result("rates_prior_steps", steps as f64, Within::Exactly)?;
    let nets = LAMBDAS.map(|lambda| format!("lambda_{lambda}"));
    let lists = CODES.map(|k| format!("patches_{k}"));
    let coder = &Coder { lab, data: &data, steps };
    let all: Vec<(usize, usize)> =
        (0..SEEDS).flat_map(|s| [(s, 0), (s, 1), (s, 2), (s, 3)]).collect();
    let found = all.par_iter().map(|&(seed, way)| {
        let codes = match way {
            0 | 1 => network(coder, LAMBDAS[way], seed)?,
            _ => list(coder, CODES[way - 2], seed)?,
        };
        coder.judge(&codes, &format!("rates-{way}-{}", seed + 1), seed)
    });
    let found = found.collect::<anyhow::Result<Vec<_>>>()?;
    for (way, name) in nets.iter().chain(&lists).enumerate() {
        let of =
            |n: usize| found.iter().skip(way).step_by(4).map(move |p| p[n]);
        for (n, what) in
            ["bits", "mse_over_variance", "by_place"].iter().enumerate()
        {
            let numbers: Vec<f64> = of(n).collect();
            let name = format!("rates_{name}_{what}");
            lab.over_seeds(&name, &numbers, Within::Factor(1.15))?;
        }
    }
    let at = |ways: [usize; 2]| -> Vec<f64> {
        let point = |seed: usize, way: usize| {
            let [bits, error, _] = found[4 * seed + way];
            (bits, error)
        };
        let curve = |seed| ways.map(|way| point(seed, way)).to_vec();
        (0..SEEDS).map(|seed| error_at(&curve(seed), BITS)).collect()
    };
    for (name, ways) in [
        ("error_at_92_bits_by_prior", [0, 1]),
        ("kmeans_error_at_92_bits_by_prior", [2, 3]),
    ] {
        lab.over_seeds(name, &at(ways), Within::Factor(1.2))?;
    }
    Ok(())
}

/// The codes of chapter 8's network of so dear bits, and the error of what comes back.
fn network(coder: &Coder, lambda: f64, seed: usize) -> anyhow::Result<Coded> {
    let net = coder.data.network(coder.lab, lambda, seed)?;
    let [train, test] = coder.data.both().map(|x| net.encode(x));
    let test = test?;
    let y = net.decode(&test)?; // [N, 784]
    let lost = squared_error(&coder.data.test, &y).mean().unwrap_or(0.0);
    let error = lost / coder.data.variance;
    Ok(Coded { train: train?, test, k: net.codes(), error })
}

/// The same of a list of `k` patches, as in chapter 8's table.
fn list(coder: &Coder, k: usize, seed: usize) -> anyhow::Result<Coded> {
    let k = coder.lab.by_scale(k / 16, k, k);
    let from = space_to_depth(&coder.data.first(5000), 4); // [·, 16]
    let rng = &mut coder.lab.rng(&format!("patches-{k}-{}", seed + 1));
    let mut codebook = kmeans_plus_plus(&from, k, rng)?; // [K, 16]
    for _ in 0..coder.lab.by_scale(2, 12, 30) {
        codebook = lloyd_step(&from, &codebook)?.0;
    }
    let [train, test] = coder.data.both().map(|x| {
        let codes = nearest(&space_to_depth(x, 4), &codebook)?;
        anyhow::Ok(ndarray::Array2::from_shape_vec((x.nrows(), 49), codes)?)
    });
    let test = test?;
    let flat: Vec<usize> = test.iter().copied().collect();
    let y = depth_to_space(&gather(&codebook, &flat)); // [N, 784]
    let lost = squared_error(&coder.data.test, &y).mean().unwrap_or(0.0);
    Ok(Coded { train: train?, test, k, error: lost / coder.data.variance })
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let points = |names: Vec<String>, what: &str| {
        let point = |name: String| {
            let bits = of.value(&format!("rates_{name}_{what}"))?;
            Ok((bits, of.value(&format!("rates_{name}_mse_over_variance"))?))
        };
        names.into_iter().map(point).collect::<anyhow::Result<Vec<_>>>()
    };
    let nets = || LAMBDAS.map(|l| format!("lambda_{l}")).to_vec();
    let lists = || CODES.map(|k| format!("patches_{k}")).to_vec();
    let plot = Plot::new("")
        .x("bits an image", Axis::Log)
        .y("squared error over variance, unseen", Axis::Log)
        .line("VQ-VAE, by place", points(nets(), "by_place")?)
        .line("VQ-VAE, by a prior", points(nets(), "bits")?)
        .line("k-means, by place", points(lists(), "by_place")?)
        .line("k-means, by a prior", points(lists(), "bits")?);
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let all = |name: &str| lab::over_seeds(name, SEEDS);
    let names = |what: &str| -> Vec<String> {
        let nets = LAMBDAS.map(|l| format!("rates_lambda_{l}_{what}"));
        let lists = CODES.map(|k| format!("rates_patches_{k}_{what}"));
        nets.into_iter().chain(lists).flat_map(|n| all(&n)).collect()
    };
    let terms =
        |names: Vec<String>| names.into_iter().map(Into::into).collect();
    vec![
        (
            "a_prior_saves_bits_for_either",
            Claim::Less(terms(names("bits")), terms(names("by_place"))),
        ),
        (
            "by_a_prior_the_network_is_ahead",
            Claim::Times(
                4.0 / 3.0,
                terms(all("error_at_92_bits_by_prior")),
                terms(all("kmeans_error_at_92_bits_by_prior")),
            ),
        ),
    ]
}
