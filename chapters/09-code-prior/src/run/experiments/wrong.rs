//! Small priors whose numbers are too good, each for a reason of its own: what exercise 9.12 shows.

use anyhow::Context;
use lab::{
    Axis, Claim, Cost, Experiment, ImageGrid, Lab, Measurements, Plot,
    Within, panels, rng_at,
};
use ndarray::Array2;
use rayon::prelude::*;

use crate::{model, plain, sampling}; // `causes`, which the tests read too, finds them here

mod causes;

use causes::{
    BEST, CAUSES, Cause, DEAREST, EVERY, HIGHEST, Line, REPEATS, SAID, SHOWN,
    STEPS, apart, late, log, sequences,
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "wrong",
    cost: Cost::Seconds,
    measure,
    figures: &[("wrong", draw)],
    claims,
};

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

/// Seeds with which each cause is run.
const SEEDS: usize = 2;

/// Sequences of each that are shown.
const ROWS: usize = 16;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(2 * EVERY, STEPS, STEPS);
    lab.result("wrong_steps", steps as f64, Within::Exactly)?;
    lab.result("wrong_best_bits", BEST, Within::Absolute(1e-9))?;
    lab.result("wrong_repeats", REPEATS, Within::Exactly)?;
    let seed = lab.seed();
    let jobs = CAUSES.map(Some).into_iter();
    let jobs = jobs.flat_map(|cause| (0..SEEDS).map(move |n| (cause, n)));
    let jobs: Vec<_> = jobs.chain([(None, 0)]).collect();
    let one = |(cause, n)| log(cause, seed.wrapping_add(n as u64), steps);
    let logs: Vec<(Vec<Line>, Array2<usize>)> =
        jobs.into_par_iter().with_max_len(1).map(one).collect();
    let nearest = nearest(&logs);
    lab.result("wrong_nearest", nearest, Within::Absolute(0.1))?;
    let of = |cause: &Cause| &logs[SEEDS * place(*cause)];
    let mut shown: Vec<_> = SHOWN.iter().map(of).collect();
    shown.extend(logs.last());
    for ((lines, _), run) in shown.iter().zip(RUNS) {
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = lines.iter().map(|line| line.numbers()[n]);
            lab.column(&format!("{run}_{said}"), column)?;
        }
        let last = lines.last().context("a line")?;
        lab.column(&format!("{run}_places"), last.places.clone())?;
    }
    lab.column("place", (1..=8).map(f64::from))?;
    lab.column("best_places", (0..8).map(best_of_place))?;
    lab.column("step", (1..=steps / EVERY).map(|n| (n * EVERY) as f64))?;
    let mut grid = ImageGrid::new(6).zoom(10);
    let data = sequences(ROWS, &mut rng_at(seed, 7)); // [ROWS, T]
    let mut push = |rows: &Array2<usize>| {
        let first = super::first(rows, ROWS).mapv(|code| code as f32);
        grid.push(first.view(), 0.0, 3.0);
    };
    push(&data);
    shown.rotate_right(1);
    shown.iter().for_each(|(_, drawn)| push(drawn));
    lab.image("wrong_samples", &grid)
}

/// The best bits of one place, counted from 0.
fn best_of_place(i: usize) -> f64 {
    if i < 4 { 1.75 } else { BEST / 4.0 - 1.75 }
}

/// Where a cause stands among all.
fn place(cause: Cause) -> usize {
    CAUSES.iter().position(|c| *c == cause).unwrap_or(0)
}

/// Of each run that is shown and each other cause, how far apart the two are where they are farthest: the least of these,
/// the other one with either seed.
fn nearest(logs: &[(Vec<Line>, Array2<usize>)]) -> f64 {
    let ends: Vec<_> = logs.iter().map(|(lines, _)| late(lines)).collect();
    let farthest = |(shown, other, seed): (Cause, Cause, usize)| {
        let here = ends[SEEDS * place(shown)];
        let there = ends[SEEDS * place(other) + seed];
        let each = SAID.iter().zip(here.iter().zip(there));
        each.map(|((said, _), (a, b))| apart(said, *a, b)).fold(0.0, f64::max)
    };
    let pairs = SHOWN.into_iter().flat_map(|a| CAUSES.map(|b| (a, b)));
    pairs
        .filter(|(a, b)| a != b)
        .flat_map(|(a, b)| (0..SEEDS).map(move |seed| (a, b, seed)))
        .map(farthest)
        .fold(f64::INFINITY, f64::min)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let (best, repeats) =
        (of.value("wrong_best_bits")?, of.value("wrong_repeats")?);
    let mut plots = Vec::new();
    for run in ["healthy", "a", "b", "c", "d"] {
        let title = match run {
            "healthy" => run.to_string(),
            letter => format!("run {}", letter.to_uppercase()),
        };
        let curve = |said: &str| of.curve("step", &format!("{run}_{said}"));
        let cut = |said: &str| -> anyhow::Result<Vec<(f64, f64)>> {
            let curve = curve(said)?.into_iter();
            Ok(curve.map(|(t, v)| (t, v.min(HIGHEST))).collect())
        };
        let plot = |what: &str, x: &str, end: f64| {
            Plot::new(&format!("{title}: {what}"))
                .x(x, Axis::Linear)
                .y("", Axis::Linear)
                .y_range(0.0, end)
        };
        let places = of.curve("place", &format!("{run}_places"))?;
        let places = places.into_iter().map(|(t, v)| (t, v.min(DEAREST)));
        plots.extend([
            plot("bits", "step", HIGHEST)
                .line("batches", cut("batches")?)
                .line("fresh", cut("fresh")?)
                .dashed("place by place", cut("by_place")?)
                .line("samples", cut("cost")?)
                .horizontal("best", best),
            plot("bits of a place", "place", DEAREST)
                .colour(1)
                .line("fresh", places)
                .dashed("best", of.curve("place", "best_places")?),
            plot("samples", "step", 1.0)
                .colour(4)
                .line("repeat", curve("repeats")?)
                .line("different", curve("different")?)
                .horizontal("data repeat", repeats),
        ]);
    }
    panels(&plots, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![("wrong_each_can_be_told", Claim::less(0.1, "wrong_nearest"))]
}
