//! Trainings that went wrong, each in its own way, with their logs: what exercise 7.13 shows.

use lab::{Axis, Cost, Experiment, Lab, Measurements, Plot, panels};

use crate::run::causes::{
    EVERY, K, LENGTHS, MOST_LOST, SAID, SHOWN, STEPS, log,
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "logged",
    cost: Cost::Seconds,
    measure,
    figures: &[("logged", draw)],
    claims: Vec::new,
};

/// The last one is healthy.
const RUNS: [&str; 4] = ["a", "b", "c", "healthy"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(120, STEPS, STEPS);
    let shown = SHOWN.map(Some).into_iter().chain([None]);
    for (cause, run) in shown.zip(RUNS) {
        let lines = log(cause, lab.seed(), steps);
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = lines.iter().map(|line| line.numbers()[n]);
            lab.column(&format!("{run}_{said}"), column)?;
        }
    }
    lab.column("step", (1..=steps / EVERY).map(|n| (n * EVERY) as f64))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plots = Vec::new();
    for run in ["healthy", "a", "b", "c"] {
        let title = match run {
            "healthy" => run.to_string(),
            letter => format!("run {}", letter.to_uppercase()),
        };
        let curve = |said: &str| of.curve("step", &format!("{run}_{said}"));
        let plot = |what: &str| {
            let title = format!("{title}: {what}");
            Plot::new(&title).x("step", Axis::Linear)
        };
        let [low, high] = LENGTHS;
        let cut = |said: &str| -> anyhow::Result<Vec<(f64, f64)>> {
            let curve = curve(said)?.into_iter();
            Ok(curve.map(|(t, v)| (t, v.clamp(low, high))).collect())
        };
        let lost = curve("lost")?.into_iter();
        plots.extend([
            plot("lengths")
                .y("", Axis::Log)
                .y_range(low, high)
                .line("latent", cut("length")?)
                .line("to its code", cut("distance")?)
                .dashed("way of a code", cut("moved")?),
            plot("error")
                .y("", Axis::Linear)
                .y_range(0.0, MOST_LOST)
                .colour(2)
                .line("", lost.map(|(t, v)| (t, v.min(MOST_LOST)))),
            plot("codes")
                .y("", Axis::Linear)
                .y_range(0.0, K as f64)
                .line("in use", curve("alive")?)
                .line("perplexity", curve("perplexity")?),
        ]);
    }
    panels(&plots, 3)
}
