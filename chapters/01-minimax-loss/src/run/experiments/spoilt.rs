//! Small games that went wrong, each in its own way, with their logs: what exercise 1.8 shows.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};

use crate::plain; // `causes` finds it here

#[path = "causes.rs"]
mod causes;

use causes::{
    CAUSES, Cause, EVERY, FARTHEST, SAID, SHOWN, SLOPES, STEPS, apart, log,
    readings,
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "spoilt",
    cost: Cost::Seconds,
    measure,
    figures: &[("spoilt", draw)],
    claims,
};

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    lab.result("spoilt_steps", STEPS as f64, Within::Exactly)?;
    let shown = SHOWN.map(Some).into_iter().chain([None]);
    for (cause, run) in shown.zip(RUNS) {
        let lines = log(cause, lab.seed(), STEPS);
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = lines.iter().map(|line| line.numbers()[n]);
            lab.column(&format!("{run}_{said}"), column)?;
        }
    }
    let at = (1..=STEPS / EVERY).map(|n| (n * EVERY) as f64);
    lab.column("step", at)?;
    let nearest = nearest(lab.seed());
    lab.result("spoilt_nearest", nearest, Within::Absolute(0.05))
}

/// Of each run that is shown and each other cause, how far apart the two are where they are farthest: the least of these,
/// the other one with two seeds.
fn nearest(seed: u64) -> f64 {
    let read = |cause: Cause, seed: u64| {
        readings(&log(Some(cause), seed, STEPS)).concat()
    };
    let names = || SAID.iter().cycle();
    let mut least = f64::INFINITY;
    for cause in SHOWN {
        let here = read(cause, seed);
        for other in CAUSES.into_iter().filter(|other| *other != cause) {
            for more in [0, 1] {
                let there = read(other, seed.wrapping_add(more));
                let each = names().zip(here.iter().zip(&there));
                let farthest = each
                    .map(|((said, _), (a, b))| apart(said, *a, *b))
                    .fold(0.0, f64::max);
                least = least.min(farthest);
            }
        }
    }
    least
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plots = Vec::new();
    for run in ["healthy", "a", "b", "c", "d"] {
        let title = match run {
            "healthy" => run.to_string(),
            letter => format!("run {}", letter.to_uppercase()),
        };
        let curve = |said: &str| of.curve("step", &format!("{run}_{said}"));
        let plot = |what: &str| {
            let title = format!("{title}: {what}");
            Plot::new(&title).x("step", Axis::Linear)
        };
        let cut = |said: &str, [low, high]: [f64; 2]| {
            anyhow::Ok(curve(said)?.into_iter().map(move |(t, v)| {
                (t, v.clamp(low, high)) // drawn at the end of the axis
            }))
        };
        plots.extend([
            plot("place")
                .y("", Axis::Linear)
                .y_range(-FARTHEST, FARTHEST)
                .line("", cut("place", [-FARTHEST, FARTHEST])?)
                .horizontal("data", 0.0),
            plot("gradient")
                .y("", Axis::Log)
                .y_range(SLOPES[0], SLOPES[1])
                .colour(2)
                .line("", cut("slope", SLOPES)?),
            plot("D")
                .y("", Axis::Linear)
                .y_range(0.0, 1.0)
                .line("at real", curve("d_real")?)
                .line("at fakes", curve("d_fake")?),
        ]);
    }
    panels(&plots, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![("spoilt_each_can_be_told", Claim::less(0.1, "spoilt_nearest"))]
}
