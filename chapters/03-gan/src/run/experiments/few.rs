//! Two distances, and how many images they need: real digits against other real ones, again and again.

use judge::Judge;
use judge::classifier::learnt_from;
use judge::measures::{Moments, frechet};
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
    rng_for,
};
use ndarray::{Array2, Axis as Along};
use ndarray_rand::rand::seq::SliceRandom;

use crate::run::kid::kid;

pub const EXPERIMENT: Experiment = Experiment {
    name: "few-images",
    cost: Cost::Minutes,
    measure,
    figures: &[("few", draw)],
    claims,
};

pub const DRAWS: usize = 20;
/// Images in each of the two sets.
const SIZES: [usize; 6] = [100, 200, 500, 1000, 2000, 3000];
/// The kind of digit that is left out.
const LOST: u8 = 1;
/// The size at which every draw is recorded.
const TOLD: usize = 2;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let judge = &Judge::new(lab)?;
    let (seen, labels) = unseen(judge); // [10000, F], [10000]
    let sizes = lab.by_scale([10, 20, 30, 40, 50, 60], SIZES, SIZES);
    let sizes = sizes.map(|n| n.min(seen.nrows() / 3));
    lab.column("size", sizes.map(|n| n as f64))?;
    let mut means = [const { Vec::new() }; 3];
    for (k, n) in sizes.into_iter().enumerate() {
        let mut found = [const { Vec::new() }; 3];
        for draw in 0..DRAWS {
            let rng = &mut rng_for(lab.seed(), &format!("few {n} {draw}"));
            let mut rows: Vec<usize> = (0..seen.nrows()).collect();
            rows.shuffle(rng);
            let (two, rest) = rows.split_at(2 * n);
            let rest = rest.iter().filter(|row| labels[**row] != LOST);
            let rest: Vec<usize> = rest.take(n).copied().collect();
            let of = |rows: &[usize]| seen.select(Along(0), rows); // [n, F]
            let [a, b, lacking] = [of(&two[..n]), of(&two[n..]), of(&rest)];
            let moments = (Moments::of(&a)?, Moments::of(&b)?);
            found[0].push(frechet(&moments.0, &moments.1)?);
            found[1].push(kid(&a, &b)?);
            found[2].push(kid(&a, &lacking)?);
        }
        let names = ["few_frechet", "few_kid", "few_kid_lacking"];
        for ((name, found), means) in
            names.into_iter().zip(&found).zip(&mut means)
        {
            let mean = record(lab, &format!("{name}_{k}"), found, k == TOLD)?;
            lab.column(&format!("{name}_{k}"), found.iter().copied())?;
            means.push(mean);
        }
        lab.result(&format!("few_size_{k}"), n as f64, Within::Exactly)?;
    }
    for (name, means) in ["frechet", "kid", "lacking"].into_iter().zip(means)
    {
        lab.column(name, means)?;
    }
    lab.result("few_draws", DRAWS as f64, Within::Exactly)
}

/// Records the mean over draws, their spread, and how many spreads the mean is off 0; gives the mean.
fn record(
    lab: &mut Lab,
    name: &str,
    found: &[f64],
    each: bool,
) -> anyhow::Result<f64> {
    let n = found.len() as f64;
    let mean = found.iter().sum::<f64>() / n;
    let squares = found.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    let spread = (squares / (n - 1.0)).sqrt();
    let within = Within::Absolute(0.3 * mean.abs().max(spread));
    if each {
        lab.over_seeds(name, found, within)?;
    } else {
        lab.result(name, mean, within)?;
        lab.result(&format!("{name}_sd"), spread, within)?;
    }
    let off = mean.abs() / spread;
    lab.result(&format!("{name}_off"), off, Within::Absolute(0.5))?;
    Ok(mean)
}

/// What the judge sees in digits that neither it nor a generator has learnt from, and which digits these are.
fn unseen(judge: &Judge) -> (Array2<f64>, Vec<u8>) {
    let from = learnt_from(judge.train.len());
    let labels = judge.train.labels.iter().skip(from).take(judge.n);
    let labels = labels.copied().collect();
    (judge.classifier.look(&judge.held_out()).features, labels)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let panel = |y: &str, curves: &[(&str, &str, &str)]| {
        let mut plot = Plot::new("")
            .x("images in each set", Axis::Log)
            .y(y, Axis::Linear);
        for (n, (name, draws, label)) in curves.iter().enumerate() {
            plot = plot.colour(n).line(label, of.curve("size", name)?);
            for (k, size) in of.column("size")?.iter().enumerate() {
                let all = of.column(&format!("{draws}_{k}"))?;
                let all: Vec<_> = all.iter().map(|v| (*size, *v)).collect();
                plot = plot.colour(n).points("", all);
            }
        }
        anyhow::Ok(plot.horizontal("", 0.0))
    };
    let two = [
        panel(
            "Fréchet distance",
            &[("frechet", "few_frechet", "real digits")],
        )?,
        panel(
            "kernel distance",
            &[
                ("kid", "few_kid", "real digits"),
                ("lacking", "few_kid_lacking", "without ones"),
            ],
        )?,
    ];
    panels(&two, 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let of = |what: &'static str| {
        (0..SIZES.len()).map(move |k| format!("few_{what}_{k}"))
    };
    let off = of("kid").map(|name| format!("{name}_off"));
    vec![
        ("frechet_falls_with_images", Claim::falls(of("frechet"))),
        (
            "few_images_look_far_apart",
            Claim::times(10.0, "few_frechet_5", "few_frechet_0"),
        ),
        ("kid_stays_at_0", Claim::all_below(off, 1.0)),
        (
            "kid_sees_what_is_lost",
            Claim::less_over_seeds("few_kid_2", "few_kid_lacking_2", DRAWS),
        ),
        (
            "few_images_spread_far",
            Claim::times(2.0, "few_kid_lacking_5", "few_kid_0_sd"),
        ),
    ]
}
