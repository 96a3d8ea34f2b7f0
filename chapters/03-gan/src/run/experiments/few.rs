//! Two distances, and how many images they need: real digits against other real ones, again and again.

use datasets::PixelRange;
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
    name: "few images",
    cost: Cost::Minutes,
    measure,
    figures: &[("few", draw)],
    claims,
};

const DRAWS: usize = 10;
/// Images in each of the two sets.
const SIZES: [usize; 6] = [100, 200, 500, 1000, 2000, 3000];
/// The kind of digit that is left out.
const LOST: u8 = 1;

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
            let within = match name {
                "few_frechet" => Within::Relative(0.3),
                _ => Within::Absolute(0.3),
            };
            lab.over_seeds(&format!("{name}_{k}"), found, within)?;
            lab.column(&format!("{name}_{k}"), found.iter().copied())?;
            means.push(found.iter().sum::<f64>() / DRAWS as f64);
        }
        lab.result(&format!("few_size_{k}"), n as f64, Within::Exactly)?;
    }
    for (name, means) in ["frechet", "kid", "lacking"].into_iter().zip(means)
    {
        lab.column(name, means)?;
    }
    lab.result("few_draws", DRAWS as f64, Within::Exactly)
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
    let sizes = || 0..SIZES.len();
    let mut claims = vec![
        (
            "frechet_falls_with_images",
            Claim::falls(sizes().map(|k| format!("few_frechet_{k}"))),
        ),
        (
            "kid_sees_what_is_lost",
            Claim::less_over_seeds("few_kid_2", "few_kid_lacking_2", DRAWS),
        ),
        (
            "frechet_of_few_is_no_distance",
            Claim::times(5.0, "few_frechet_5", "few_frechet_0"),
        ),
    ];
    let names = [
        "kid_is_0_for_100",
        "kid_is_0_for_200",
        "kid_is_0_for_500",
        "kid_is_0_for_1000",
        "kid_is_0_for_2000",
        "kid_is_0_for_3000",
    ];
    let at_zero = names.into_iter().enumerate().map(|(k, name)| {
        let draws = lab::over_seeds(&format!("few_kid_{k}"), DRAWS);
        let draws = draws.into_iter().map(Into::into).collect();
        (name, Claim::Undecided(draws, vec![0.0.into(); DRAWS]))
    });
    claims.extend(at_zero);
    claims
}
