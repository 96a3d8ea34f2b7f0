//! Encoders behind a lookup that went wrong, each in its own way, with their logs and latents: what exercise 6.9 shows.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};

use super::{draw_cells, draw_points};
use crate::plain; // `causes`, which the tests read too, finds it here

#[path = "causes.rs"]
mod causes;

use causes::{
    CAUSES, EVERY, HIGHEST, LENGTHS, Line, SAID, SHOWN, STEPS, apart, codes,
    late, log,
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "astray",
    cost: Cost::Seconds,
    measure,
    figures: &[("astray", draw)],
    claims,
};

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

/// The square of the latents that is drawn reaches so far.
const REACH: f64 = 5.0;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(100, STEPS, STEPS);
    lab.result("astray_steps", steps as f64, Within::Exactly)?;
    let shown = SHOWN.map(Some).into_iter().chain([None]);
    for (cause, run) in shown.zip(RUNS) {
        let log = log(cause, lab.seed(), steps);
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = log.lines.iter().map(|line| line.numbers()[n]);
            lab.column(&format!("{run}_{said}"), column)?;
        }
        if cause.is_none() {
            let way = |line: Option<&Line>| line.map_or(0.0, |l| l.distance);
            let ends = [log.lines.first(), log.lines.last()].map(way);
            for (when, far) in ["first", "last"].into_iter().zip(ends) {
                let name = format!("astray_healthy_{when}");
                lab.result(&name, far, Within::Factor(2.0))?;
            }
        }
        for (axis, c) in ["x", "y"].into_iter().zip(log.latents.columns()) {
            lab.column(&format!("{run}_latent_{axis}"), c.iter().copied())?;
        }
    }
    for (axis, c) in ["x", "y"].into_iter().zip(codes().columns()) {
        lab.column(&format!("code_{axis}"), c.iter().copied())?;
    }
    lab.column("step", (1..=steps / EVERY).map(|n| (n * EVERY) as f64))?;
    let nearest = nearest(lab.seed(), steps);
    lab.result("astray_nearest", nearest, Within::Absolute(0.1))
}

/// Of each run that is shown and each other cause, how far apart the two are where they are farthest: the least of these,
/// the other one with two seeds.
fn nearest(seed: u64, steps: u64) -> f64 {
    let ends = |n| {
        CAUSES.map(|c| late(&log(Some(c), seed.wrapping_add(n), steps).lines))
    };
    let seeds = [ends(0), ends(1)];
    let farthest = |a: &[f64; 4], b: &[f64; 4]| {
        let each = SAID.iter().zip(a.iter().zip(b));
        each.map(|((said, _), (a, b))| apart(said, *a, *b))
            .fold(0.0, f64::max)
    };
    let mut least = f64::INFINITY;
    for (cause, here) in CAUSES.iter().zip(&seeds[0]) {
        let others = seeds.iter().flat_map(|s| CAUSES.iter().zip(s));
        for (other, there) in others {
            if SHOWN.contains(cause) && cause != other {
                least = least.min(farthest(here, there));
            }
        }
    }
    least
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let codes = draw_points(of, "code")?;
    let mut plots = Vec::new();
    for run in ["healthy", "a", "b", "c", "d"] {
        let title = match run {
            "healthy" => run.to_string(),
            letter => format!("run {}", letter.to_uppercase()),
        };
        let plot = |what: &str| Plot::new(&format!("{title}: {what}"));
        let cut = |said: &str, low: f64, high: f64| {
            let curve = of.curve("step", &format!("{run}_{said}"))?;
            let curve = curve.into_iter();
            anyhow::Ok(curve.map(move |(t, v)| (t, v.clamp(low, high))))
        };
        let [low, high] = LENGTHS;
        let inside = |v: f64| v.clamp(-REACH, REACH);
        let latents = draw_points(of, &format!("{run}_latent"))?;
        let latents =
            latents.into_iter().map(|(x, y)| (inside(x), inside(y)));
        plots.extend([
            plot("error")
                .x("step", Axis::Linear)
                .y("", Axis::Linear)
                .y_range(0.0, HIGHEST)
                .line("batches", cut("batches", 0.0, HIGHEST)?)
                .line("unseen", cut("unseen", 0.0, HIGHEST)?),
            plot("lengths")
                .x("step", Axis::Linear)
                .y("", Axis::Log)
                .y_range(low, high)
                .colour(2)
                .line("latent", cut("length", low, high)?)
                .line("to its code", cut("distance", low, high)?),
            draw_cells(plot("latents"), &codes, REACH)
                .colour(0)
                .points("", latents),
        ]);
    }
    panels(&plots, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [first, last] = ["astray_healthy_first", "astray_healthy_last"];
    vec![
        ("astray_healthy_runs_away", Claim::times(30.0, first, last)),
        ("astray_each_can_be_told", Claim::less(0.1, "astray_nearest")),
    ]
}
