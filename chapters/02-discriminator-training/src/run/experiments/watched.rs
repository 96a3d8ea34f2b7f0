//! Discriminators that went wrong, each in its own way, with their logs: what exercise 2.7 shows.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use minimax_loss::plain::{data_and_generator, jsd};

use super::{densities, line};
use crate::plain::best_accuracy;
use crate::run::causes::{
    CAUSES, EVERY, HIGHEST, SAID, SHOWN, apart, late, log,
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "watched",
    cost: Cost::Seconds,
    measure,
    figures: &[("watched", draw)],
    claims,
};

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(150, 1500, 1500);
    lab.result("watched_steps", steps as f64, Within::Exactly)?;
    best(lab)?;
    let shown = SHOWN.map(Some).into_iter().chain([None]);
    for (cause, run) in shown.zip(RUNS) {
        let lines = log(cause, lab.seed(), steps);
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = lines.iter().map(|line| line.numbers()[n]);
            lab.column(&format!("{run}_{said}"), column)?;
        }
    }
    lab.column("step", (1..=steps / EVERY).map(|n| (n * EVERY) as f64))?;
    let nearest = nearest(lab.seed(), steps);
    lab.result("watched_nearest", nearest, Within::Absolute(0.1))
}

/// What the best discriminator pays on the chapter's densities, and how often it is right.
fn best(lab: &mut Lab) -> anyhow::Result<()> {
    let fine = line(-9.0, 9.0, 20_001);
    let [p, q] = data_and_generator()?.map(|of| densities(&of, &fine));
    let (p, q) = (&p / p.sum(), &q / q.sum());
    let loss = 4.0_f64.ln() - 2.0 * jsd(&p, &q);
    lab.result("watched_best_loss", loss, Within::Absolute(1e-6))?;
    let right = best_accuracy(&p, &q);
    lab.result("watched_best_accuracy", right, Within::Absolute(1e-6))
}

/// Of each run that is shown and each other cause, how far apart the two are where they are farthest: the least of these,
/// the other one with two seeds.
fn nearest(seed: u64, steps: u64) -> f64 {
    let mut least = f64::INFINITY;
    let ends =
        |n| CAUSES.map(|c| late(&log(Some(c), seed.wrapping_add(n), steps)));
    let seeds = [ends(0), ends(1)];
    for (cause, here) in CAUSES.iter().zip(&seeds[0]) {
        if !SHOWN.contains(cause) {
            continue;
        }
        for (other, there) in seeds.iter().flat_map(|s| CAUSES.iter().zip(s))
        {
            let each = SAID.iter().zip(here.iter().zip(there));
            let farthest = each
                .map(|((said, _), (a, b))| apart(said, *a, *b))
                .fold(0.0, f64::max);
            if cause != other {
                least = least.min(farthest);
            }
        }
    }
    least
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let (loss, right) =
        (of.value("watched_best_loss")?, of.value("watched_best_accuracy")?);
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
        let cut = |said: &str| -> anyhow::Result<Vec<(f64, f64)>> {
            let curve = curve(said)?.into_iter();
            Ok(curve.map(|(t, v)| (t, v.min(HIGHEST))).collect())
        };
        let share = |what| plot(what).y("", Axis::Linear).y_range(0.0, 1.0);
        plots.extend([
            plot("loss")
                .y("", Axis::Linear)
                .y_range(0.0, HIGHEST)
                .line("batches", cut("loss")?)
                .line("fresh", cut("fresh")?)
                .horizontal("best", loss),
            share("D")
                .line("at real", curve("d_real")?)
                .line("at fakes", curve("d_fake")?),
            share("accuracy")
                .colour(2)
                .line("accuracy", curve("right")?)
                .horizontal("best", right),
        ]);
    }
    panels(&plots, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![("watched_each_can_be_told", Claim::less(0.1, "watched_nearest"))]
}
