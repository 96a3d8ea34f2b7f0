//! Small VQ-VAEs that went wrong, each in its own way, with their logs: what exercise 8.9 shows.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};

use crate::run::causes::{
    CAUSES, ERRORS, EVERY, Patches, SAID, SHOWN, SIZES, STEPS, apart, late,
    log,
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "logged",
    cost: Cost::Seconds,
    measure,
    figures: &[("logged", draw)],
    claims,
};

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(75, STEPS, STEPS);
    let of = Patches::load(&lab.data())?;
    lab.result("logged_steps", steps as f64, Within::Exactly)?;
    let shown = SHOWN.map(Some).into_iter().chain([None]);
    for (cause, run) in shown.zip(RUNS) {
        let lines = log(cause, &of, lab.seed(), steps);
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = lines.iter().map(|line| line.numbers()[n]);
            lab.column(&format!("{run}_{said}"), column)?;
        }
    }
    lab.column("step", (1..=steps / EVERY).map(|n| (n * EVERY) as f64))?;
    let nearest = nearest(&of, lab.seed(), steps);
    lab.result("logged_nearest", nearest, Within::Absolute(0.1))
}

/// Of each run that is shown and each other cause, how far apart the two are where they are farthest: the least of these,
/// the other one with two seeds.
fn nearest(of: &Patches, seed: u64, steps: u64) -> f64 {
    let ends = |n| {
        CAUSES.map(|c| late(&log(Some(c), of, seed.wrapping_add(n), steps)))
    };
    let seeds = [ends(0), ends(1)];
    let mut least = f64::INFINITY;
    for (cause, here) in CAUSES.iter().zip(&seeds[0]) {
        let others = seeds.iter().flat_map(|s| CAUSES.iter().zip(s));
        for (_, there) in others.filter(|(other, _)| *other != cause) {
            let each = SAID.iter().zip(here.iter().zip(there));
            let each = each.map(|((said, _), (a, b))| apart(said, *a, *b));
            let farthest = each.fold(0.0, f64::max);
            if SHOWN.contains(cause) {
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
        let plot = |what: &str| {
            let title = format!("{title}: {what}");
            Plot::new(&title).x("step", Axis::Linear)
        };
        let curve = |said: &str| of.curve("step", &format!("{run}_{said}"));
        let cut = |said: &str, (low, high): (f64, f64)| {
            let curve = curve(said)?.into_iter();
            let cut: Vec<_> =
                curve.map(|(t, v)| (t, v.clamp(low, high))).collect();
            anyhow::Ok(cut)
        };
        plots.extend([
            plot("error")
                .y("", Axis::Log)
                .y_range(ERRORS.0, ERRORS.1)
                .line("batches", cut("batches", ERRORS)?)
                .line("fresh", cut("codes", ERRORS)?)
                .dashed("from latents", cut("latents", ERRORS)?),
            plot("latents")
                .y("", Axis::Log)
                .y_range(SIZES.0, SIZES.1)
                .line("square", cut("square", SIZES)?)
                .line("distance", cut("distance", SIZES)?),
            plot("codes")
                .y("", Axis::Linear)
                .y_range(0.0, 1.0)
                .colour(2)
                .line("in use", curve("used")?)
                .dashed("perplexity / K", curve("perplexity")?),
        ]);
    }
    panels(&plots, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![("logged_each_can_be_told", Claim::less(0.1, "logged_nearest"))]
}
