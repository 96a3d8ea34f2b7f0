//! Lloyd's algorithm on 25 clusters, from random latents and from k-means++.

use datasets::toy::{Density, GaussianMixture};
use lab::{
    Axis, ChaCha8Rng, Claim, Cost, Experiment, Lab, Measurements, Plot,
    Within,
};
use ndarray::Axis as Dim;
use ndarray_rand::rand::seq::index::sample;

use super::{lloyd, median};
use crate::plain::kmeans_plus_plus;

pub const EXPERIMENT: Experiment = Experiment {
    name: "lloyd",
    cost: Cost::Seconds,
    measure,
    figures: &[("lloyd", draw)],
    claims,
};

/// Runs of each kind, and their steps.
const RUNS: usize = 21;
const STEPS: usize = 25;

const STARTS: [(&str, &str); 2] =
    [("random", "random latents"), ("plus_plus", "k-means++")];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let mixture = GaussianMixture::grid_of_25();
    let rng = &mut lab.rng("lloyd");
    let z = mixture.sample(lab.by_scale(500, 2000, 20_000), rng); // [N, 2]
    let best = 2.0 * mixture.sigma().powi(2);
    let mut rise = 0.0_f64;
    for (name, _) in STARTS {
        let (mut first, mut last) = (vec![], vec![]);
        for run in 0..RUNS {
            let rows =
                |rng: &mut ChaCha8Rng| sample(rng, z.nrows(), 25).into_vec();
            let start = match name {
                "random" => z.select(Dim(0), &rows(rng)),
                _ => kmeans_plus_plus(&z, 25, rng)?,
            };
            let (_, course) = lloyd(&z, start, STEPS + 1)?;
            let steps = course.windows(2).map(|w| w[1] - w[0]);
            rise = steps.fold(rise, f64::max);
            first.push(course[0]);
            last.push(course[STEPS]);
            lab.column(&format!("{name}_{run}"), course)?;
        }
        let found = last.iter().filter(|d| **d < 1.5 * best).count();
        let (few, within) = (Within::Absolute(2.0), Within::Relative(0.2));
        lab.result(&format!("lloyd_found_all_{name}"), found as f64, few)?;
        for (when, all) in [("first", first), ("last", last)] {
            let name = format!("lloyd_{when}_{name}");
            lab.over_seeds(&name, &all, within)?;
            lab.result(&format!("{name}_median"), median(all), within)?;
        }
    }
    lab.column("step", (0..=STEPS).map(|step| step as f64))?;
    lab.result("lloyd_runs", RUNS as f64, Within::Exactly)?;
    lab.result("lloyd_max_increase", rise, Within::Limit(1e-12))?;
    lab.result("lloyd_best_possible", best, Within::Exactly)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step of Lloyd's algorithm", Axis::Linear)
        .y("distortion", Axis::Log);
    for (colour, (name, label)) in STARTS.into_iter().enumerate() {
        for run in 0..RUNS {
            let label = if run == 0 { label } else { "" };
            let course = of.curve("step", &format!("{name}_{run}"))?;
            plot = plot.colour(1 - colour).line(label, course);
        }
    }
    let best = of.value("lloyd_best_possible")?;
    plot.horizontal("one code in each cluster", best).svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let of =
        |what: &str| STARTS.map(|(start, _)| format!("lloyd_{what}_{start}"));
    let ([_, first], [random, last]) = (of("first"), of("last"));
    let [none, some] = of("found_all");
    let [far, near] = of("last").map(|name| name + "_median");
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, RUNS);
    let best = "lloyd_best_possible";
    vec![
        ("random_starts_find_none", Claim::equal(0.5, none, 0.0, some)),
        ("a_better_start_ends_better", less(&last, &random)),
        ("the_start_beats_the_others_end", less(&first, &random)),
        ("the_median_run_finds_all", Claim::equal(5e-4, near, best, far)),
        ("no_step_goes_up", Claim::less("lloyd_max_increase", 1e-12)),
    ]
}
