//! Runs that went wrong, each in its own way, with their logs: what exercise 4.10 shows.

use std::array::from_fn;

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use rayon::prelude::*;

use crate::causes::{CAUSES, Cause, EVERY, GAMMA, Line, log, works};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "logged",
    cost: Cost::Minutes,
    measure,
    figures: &[("logged", draw)],
    claims,
};

/// What a log says, in names and in words.
pub const SAID: [(&str, &str); 7] = [
    ("d_loss", "the discriminator's loss"),
    ("g_loss", "the generator's loss"),
    ("d_real", "D at real examples"),
    ("d_fake", "D at fakes"),
    ("good", "the share of high quality"),
    ("modes", "the number of modes found"),
    ("slope", "the length of the generator's gradient"),
];

/// Seeds of each cause; the first one's run is shown.
pub const SEEDS: usize = 3;

/// How far apart two readings of the figure are, as a share of the axis on which they are drawn.
pub fn apart(said: &str, a: f64, b: f64) -> f64 {
    match said {
        "d_loss" | "g_loss" | "slope" => {
            let [a, b] = [a, b].map(|v| v.clamp(LOWEST, HIGHEST).log10());
            (a - b).abs() / (HIGHEST / LOWEST).log10()
        }
        "modes" => (a - b).abs() / 8.0,
        _ => (a - b).abs(),
    }
}

const LOWEST: f64 = 1e-3;
const HIGHEST: f64 = 30.0;

fn numbers(line: &Line) -> [f64; 7] {
    let Line { d_loss, g_loss, d_real, d_fake, good, modes, slope } = *line;
    [d_loss, g_loss, d_real, d_fake, good, modes, slope]
}

/// The name of a cause's numbers.
pub fn named(cause: Cause, said: &str) -> String {
    format!("logged_{}_{said}", cause.name().replace(' ', "_"))
}

/// Means of the last third of a log.
fn late(lines: &[Line]) -> [f64; 7] {
    let last = &lines[lines.len() * 2 / 3..];
    let of = |n: usize| last.iter().map(move |line| numbers(line)[n]);
    from_fn(|n| of(n).sum::<f64>() / last.len() as f64)
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(75, 1500, 1500);
    let seed = |n: usize| lab.seed().wrapping_add(n as u64);
    let of = |(cause, n): (Option<Cause>, usize)| {
        let config = works(GAMMA);
        let config = cause.map_or(config, |cause| cause.spoil(config));
        log(config, cause, seed(n), steps)
    };
    let jobs = CAUSES
        .into_iter()
        .map(Some)
        .flat_map(|c| (0..SEEDS).map(move |n| (c, n)));
    let jobs: Vec<_> = jobs.chain([(None, 0)]).collect();
    let logs: Result<Vec<_>, _> =
        jobs.into_par_iter().with_max_len(1).map(of).collect();
    let logs = logs?;
    let mut ends = Vec::new();
    for (cause, logs) in CAUSES.into_iter().zip(logs.chunks(SEEDS)) {
        let late: Vec<_> = logs.iter().map(|l| late(l)).collect();
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let of: Vec<f64> = late.iter().map(|l| l[n]).collect();
            lab.over_seeds(&named(cause, said), &of, within(said))?;
        }
        ends.push(late);
    }
    let nearest = nearest(&ends);
    lab.result("logged_nearest", nearest, Within::Absolute(0.1))?;
    lab.result("logged_steps", steps as f64, Within::Exactly)?;
    let mut shown = SHOWN.map(|c| &logs[SEEDS * place(c)]).to_vec();
    shown.extend(logs.last());
    for (lines, run) in shown.into_iter().zip(RUNS) {
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = lines.iter().map(|line| numbers(line)[n]);
            lab.column(&format!("{run}_{said}"), column)?;
        }
    }
    lab.column("step", (1..=steps / EVERY).map(|n| (n * EVERY) as f64))
}

/// Where a cause stands among all.
fn place(cause: Cause) -> usize {
    CAUSES.iter().position(|c| *c == cause).unwrap_or(0)
}

/// Of each run that is shown and each other cause, how far apart the two are where they are farthest: the least of these.
fn nearest(ends: &[Vec<[f64; 7]>]) -> f64 {
    let apart = |(shown, other): (Cause, Cause)| {
        let (here, there) = (ends[place(shown)][0], &ends[place(other)]);
        let each = SAID.iter().enumerate().map(|(n, (said, _))| {
            let mean = there.iter().map(|l| l[n]).sum::<f64>() / SEEDS as f64;
            apart(said, here[n], mean)
        });
        each.fold(0.0, f64::max)
    };
    let pairs = SHOWN.into_iter().flat_map(|a| CAUSES.map(|b| (a, b)));
    pairs.filter(|(a, b)| a != b).map(apart).fold(f64::INFINITY, f64::min)
}

fn within(said: &str) -> Within {
    match said {
        "modes" => Within::Absolute(2.0),
        "d_real" | "d_fake" | "good" => Within::Absolute(0.2),
        _ => Within::Factor(10.0),
    }
}

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

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
        let log = |said: &str| -> anyhow::Result<Vec<(f64, f64)>> {
            let curve = curve(said)?.into_iter();
            Ok(curve.map(|(t, v)| (t, v.clamp(LOWEST, HIGHEST))).collect())
        };
        let eighths = curve("modes")?.into_iter().map(|(t, n)| (t, n / 8.0));
        let share = |what| plot(what).y("", Axis::Linear).y_range(0.0, 1.0);
        plots.extend([
            plot("losses, gradient")
                .y("", Axis::Log)
                .y_range(LOWEST, HIGHEST)
                .line("D", log("d_loss")?)
                .line("G", log("g_loss")?)
                .dashed("gradient", log("slope")?),
            share("D")
                .line("at real", curve("d_real")?)
                .line("at fakes", curve("d_fake")?),
            share("samples")
                .colour(2)
                .line("good", curve("good")?)
                .dashed("modes of 8", eighths),
        ]);
    }
    panels(&plots, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![("logged_each_can_be_told", Claim::less(0.1, "logged_nearest"))]
}

// The answers of exercise 4.10 stand below.

/// What is wrong with the runs A to D of the figure.
pub const SHOWN: [Cause; 4] = [
    Cause::StrongPenalty,
    Cause::NoDetach,
    Cause::FrozenDiscriminator,
    Cause::FastGenerator,
];
