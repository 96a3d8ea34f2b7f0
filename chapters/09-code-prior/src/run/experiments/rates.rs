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
const CODES: [usize; 2] = [256, 1024];

/// Where the ruler is read off.
const BITS: f64 = 92.0;

/// Whose codes.
#[derive(Clone, Copy)]
enum Way {
    /// Chapter 8's network, of bits so dear.
    Network(f64),
    /// Chapter 5's list, of so many patches.
    List(usize),
}

const WAYS: [Way; 4] = [
    Way::Network(LAMBDAS[0]),
    Way::Network(LAMBDAS[1]),
    Way::List(CODES[0]),
    Way::List(CODES[1]),
];

impl Way {
    fn name(self) -> String {
        match self {
            Way::Network(lambda) => format!("rates_lambda_{lambda}"),
            Way::List(k) => format!("rates_patches_{k}"),
        }
    }

    fn codes(self, coder: &Coder, seed: usize) -> anyhow::Result<Coded> {
        match self {
            Way::Network(lambda) => network(coder, lambda, seed),
            Way::List(k) => list(coder, k, seed),
        }
    }
}

/// Bits by a prior, error, and bits by place.
type Point = [f64; 3];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Pictures::new(lab)?;
    let steps = lab.by_scale(4, 2000, 6000);
    lab.result("rates_prior_steps", steps as f64, Within::Exactly)?;
    let coder = &Coder { lab, data: &data, steps };
    let all: Vec<(Way, usize)> =
        WAYS.iter().flat_map(|w| (0..SEEDS).map(|s| (*w, s))).collect();
    let judged = all.par_iter().map(|&(way, seed)| {
        let name = format!("{}-{}", way.name(), seed + 1);
        coder.judge(&way.codes(coder, seed)?, &name, seed)
    });
    let judged = judged.collect::<anyhow::Result<Vec<Point>>>()?;
    let ways: Vec<&[Point]> = judged.chunks(SEEDS).collect(); // [4][SEEDS]
    for (way, points) in WAYS.iter().zip(&ways) {
        for (n, what) in
            ["bits", "mse_over_variance", "by_place"].iter().enumerate()
        {
            let numbers: Vec<f64> = points.iter().map(|p| p[n]).collect();
            let name = format!("{}_{what}", way.name());
            lab.over_seeds(&name, &numbers, Within::Factor(1.15))?;
        }
        let kept: Vec<f64> = points.iter().map(|p| p[0] / p[2]).collect();
        let name = format!("{}_kept", way.name());
        lab.over_seeds(&name, &kept, Within::Factor(1.1))?;
    }
    for (name, ways) in [
        ("error_at_92_bits_by_prior", &ways[..2]),
        ("kmeans_error_at_92_bits_by_prior", &ways[2..]),
    ] {
        let curve = |seed: usize| ways.iter().map(move |p| p[seed]);
        let curve = |seed| curve(seed).map(|[bits, error, _]| (bits, error));
        let at = |seed| error_at(&curve(seed).collect(), BITS);
        let errors: Vec<f64> = (0..SEEDS).map(at).collect();
        lab.over_seeds(name, &errors, Within::Factor(1.2))?;
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
    let points = |ways: &[Way], what: &str| {
        let point = |way: &Way| {
            let value = |what| of.value(&format!("{}_{what}", way.name()));
            Ok((value(what)?, value("mse_over_variance")?))
        };
        ways.iter().map(point).collect::<anyhow::Result<Vec<_>>>()
    };
    let (nets, lists) = WAYS.split_at(2);
    let of = [
        ("VQ-VAE, by place", points(nets, "by_place")?),
        ("VQ-VAE, by a prior", points(nets, "bits")?),
        ("k-means, by place", points(lists, "by_place")?),
        ("k-means, by a prior", points(lists, "bits")?),
    ];
    let plot = Plot::new("")
        .x("bits an image", Axis::Log)
        .x_range(50.0, 200.0)
        .y("squared error over variance, unseen", Axis::Log)
        .y_range(0.02, 0.1);
    let lines = of.iter().enumerate().fold(plot, |plot, (n, (name, at))| {
        let plot = plot.colour(n).line(name, at.clone());
        plot.colour(n).points("", at.clone())
    });
    lines.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let all = |name: &str| lab::over_seeds(name, SEEDS);
    let names = |what: &str| -> Vec<String> {
        let of = |way: &Way| all(&format!("{}_{what}", way.name()));
        WAYS.iter().flat_map(of).collect()
    };
    let terms =
        |names: Vec<String>| names.into_iter().map(Into::into).collect();
    let kept = |way: &Way| all(&format!("{}_kept", way.name()));
    let [nets, lists] = [&WAYS[..2], &WAYS[2..]]
        .map(|ways| ways.iter().flat_map(kept).collect::<Vec<_>>());
    vec![
        ("the_list_gains_more", Claim::Less(terms(lists), terms(nets))),
        (
            "the_points_lie_around_it",
            Claim::Less(
                [
                    terms(all("rates_lambda_0.8_bits")),
                    vec![BITS.into(); SEEDS],
                    terms(all("rates_patches_256_bits")),
                    vec![BITS.into(); SEEDS],
                ]
                .concat(),
                [
                    vec![BITS.into(); SEEDS],
                    terms(all("rates_lambda_0.4_bits")),
                    vec![BITS.into(); SEEDS],
                    terms(all("rates_patches_1024_bits")),
                ]
                .concat(),
            ),
        ),
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
