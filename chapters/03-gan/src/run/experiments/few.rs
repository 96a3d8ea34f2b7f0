//! Two distances, and how many images they need: real digits against other real ones, again and again.

use judge::Judge;
use judge::measures::{Moments, frechet};
use lab::{Axis, Cost, Experiment, Lab, Measurements, Plot, Within, panels};

use super::few_claims;
use super::few_draws::{drawn, record, unseen};
use crate::run::kid::kid;

pub const EXPERIMENT: Experiment = Experiment {
    name: "few-images",
    cost: Cost::Minutes,
    measure,
    figures: &[("few", draw)],
    claims: few_claims::claims,
};

pub const DRAWS: usize = 20;
/// Images in each of the two sets.
pub const SIZES: [usize; 6] = [100, 200, 500, 1000, 2000, 3000];
/// The size at which every draw is recorded.
const TOLD: usize = 2;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let judge = &Judge::new(lab)?;
    let (seen, labels) = unseen(lab, judge); // [10000, F], [10000]
    let sizes = lab.by_scale([10, 20, 30, 40, 50, 60], SIZES, SIZES);
    let sizes = sizes.map(|n| n.min(seen.nrows() / 3));
    lab.column("size", sizes.map(|n| n as f64))?;
    let mut means = [const { Vec::new() }; 3];
    for (k, n) in sizes.into_iter().enumerate() {
        let mut found = [const { Vec::new() }; 3];
        for draw in 0..DRAWS {
            let [a, b, lacking] = drawn(lab, (&seen, &labels), n, draw); // [n, F]
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
