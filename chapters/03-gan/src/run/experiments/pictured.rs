//! Pairs that went wrong, each in its own way, with pictures of their samples: what exercise 3.8 shows.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};

use super::causes::{
    CAUSES, EVERY, HIGHEST, SAID, SHOWN, STEPS, apart, late, looks, run,
};
use super::film::{REACH, empty};
use crate::run::task::Task;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "pictured",
    cost: Cost::Seconds,
    measure,
    figures: &[("pictured", pictures), ("pictured-curves", curves)],
    claims,
};

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(200, STEPS, STEPS);
    lab.result("pictured_steps", steps as f64, Within::Exactly)?;
    let shown = SHOWN.map(Some).into_iter().chain([None]);
    for (cause, name) in shown.zip(RUNS) {
        let of = run(cause, lab.seed(), steps);
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = of.lines.iter().map(|line| line.numbers()[n]);
            lab.column(&format!("{name}_{said}"), column)?;
        }
        for (n, x) in of.pictures.iter().enumerate() {
            for (axis, of) in ["x", "y"].into_iter().zip(x.columns()) {
                // A picture shows no more digits.
                let short = of.iter().map(|v| (v * 1000.0).round() / 1000.0);
                lab.column(&format!("{name}_{axis}_{n}"), short)?;
            }
        }
    }
    lab.column("look", looks(steps).map(|n| n as f64))?;
    lab.column("step", (1..=steps / EVERY).map(|n| (n * EVERY) as f64))?;
    let nearest = nearest(lab.seed(), steps);
    lab.result("pictured_nearest", nearest, Within::Absolute(0.1))
}

/// Of each run that is shown and each other cause, how far apart the two are where they are farthest: the least of these,
/// the other one with two seeds.
fn nearest(seed: u64, steps: u64) -> f64 {
    let ends = |n| {
        let seed = seed.wrapping_add(n);
        CAUSES.map(|cause| late(&run(Some(cause), seed, steps).lines))
    };
    let seeds = [ends(0), ends(1)];
    let mut least = f64::INFINITY;
    for (cause, here) in CAUSES.iter().zip(&seeds[0]) {
        let others = seeds.iter().flat_map(|s| CAUSES.iter().zip(s));
        for (other, there) in others {
            let each = SAID.iter().zip(here.iter().zip(there));
            let farthest = each
                .map(|((said, _), (a, b))| apart(said, *a, *b))
                .fold(0.0, f64::max);
            if SHOWN.contains(cause) && cause != other {
                least = least.min(farthest);
            }
        }
    }
    least
}

/// A run's name above its panels.
fn title(name: &str) -> String {
    match name {
        "healthy" => name.to_string(),
        letter => format!("run {}", letter.to_uppercase()),
    }
}

/// The order in which they are drawn.
const ROWS: [&str; 5] = ["healthy", "a", "b", "c", "d"];

fn pictures(of: &Measurements) -> anyhow::Result<String> {
    let ring = Task::wide_ring()?;
    let centres = ring.data.means().rows().into_iter().map(|m| (m[0], m[1]));
    let centres: Vec<_> = centres.collect();
    let mut plots = Vec::new();
    for name in ROWS {
        for (n, step) in of.column("look")?.iter().enumerate() {
            let [x, y] = ["x", "y"].map(|axis| format!("{name}_{axis}_{n}"));
            let points = of.curve(&x, &y)?.into_iter();
            let at_most = |v: f64| v.clamp(-REACH, REACH);
            let points = points.map(|(x, y)| (at_most(x), at_most(y)));
            let plot = empty(&format!("{}: step {step}", title(name)));
            let plot = plot.colour(2).points("", centres.clone());
            plots.push(plot.colour(1).points("", points));
        }
    }
    panels(&plots, 3)
}

fn curves(of: &Measurements) -> anyhow::Result<String> {
    let mut plots = Vec::new();
    for name in ROWS {
        let curve = |said: &str| of.curve("step", &format!("{name}_{said}"));
        let plot = |what: &str, most: f64| {
            Plot::new(&format!("{}: {what}", title(name)))
                .x("step", Axis::Linear)
                .y("", Axis::Linear)
                .y_range(0.0, most)
        };
        let cut = |said, most: f64| -> anyhow::Result<Vec<(f64, f64)>> {
            let curve = curve(said)?.into_iter();
            Ok(curve.map(|(t, v)| (t, v.min(most))).collect())
        };
        let eighths = curve("modes")?.into_iter().map(|(t, n)| (t, n / 8.0));
        plots.extend([
            plot("losses", HIGHEST)
                .line("of D", cut("d_loss", HIGHEST)?)
                .line("of G", cut("g_loss", HIGHEST)?),
            plot("D", 1.0)
                .line("at real", curve("d_real")?)
                .line("at fakes", curve("d_fake")?),
            plot("samples", 1.0)
                .line("good", curve("good")?)
                .dashed("modes", eighths)
                .line("away", cut("away", 1.0)?),
        ]);
    }
    panels(&plots, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![("pictured_each_can_be_told", Claim::less(0.1, "pictured_nearest"))]
}
