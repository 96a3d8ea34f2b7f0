//! Small VQ-VAEs that went wrong, each in its own way, with their logs and what comes back: what exercise 8.9 shows.

use std::fmt::Write;

use anyhow::Context;
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use ndarray::Array3;
use rayon::prelude::*;

use crate::{coding, plain, rate as price}; // `causes`, which the tests read too, finds them here

mod causes;

use causes::{
    BITS, CAUSES, Cause, ERRORS, EVERY, Line, PICTURE, SAID, SEAMS, SHOWN,
    STEPS, System, apart, fresh, late, log,
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "logged",
    cost: Cost::Seconds,
    measure,
    figures: &[("logged", draw), ("letters", draw_letters)],
    claims,
};

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

/// Pictures that are drawn of each run, and shades between black and white.
const DRAWN: usize = 6;
const SHADES: f64 = 8.0;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(40, STEPS, STEPS);
    lab.result("logged_steps", steps as f64, Within::Exactly)?;
    let x = fresh(DRAWN);
    lab.column("letters_true", shades(&x))?;
    let shown: Vec<_> =
        SHOWN.map(Some).into_iter().chain([None]).zip(RUNS).collect();
    let seed = lab.seed();
    let runs = shown.into_par_iter().map(|(cause, run)| {
        let mut system = System::new(cause, seed, steps);
        let lines = system.log();
        (run, lines, shades(&system.used(&x).1))
    });
    let runs: Vec<_> = runs.collect();
    for (run, lines, drawn) in &runs {
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = lines.iter().map(|line| line.numbers()[n]);
            lab.column(&format!("{run}_{said}"), column)?;
        }
        lab.column(&format!("letters_{run}"), drawn.clone())?;
    }
    lab.column("step", (1..=steps / EVERY).map(|n| (n * EVERY) as f64))?;
    let lines: Vec<_> = runs.into_iter().map(|run| run.1).collect();
    let nearest = nearest(&lines, seed.wrapping_add(1), steps);
    lab.result("logged_nearest", nearest, Within::Absolute(0.1))
}

/// Of each run that is shown and each other cause, from another seed, how far apart the two are where they are farthest:
/// the least of these.
fn nearest(shown: &[Vec<Line>], seed: u64, steps: u64) -> f64 {
    let others = CAUSES.into_par_iter();
    let others: Vec<(Cause, [f64; 6])> =
        others.map(|c| (c, late(&log(Some(c), seed, steps)))).collect();
    let mut least = f64::INFINITY;
    for (cause, here) in SHOWN.iter().zip(shown) {
        let here = late(here);
        for (_, there) in others.iter().filter(|(other, _)| other != cause) {
            let each = SAID.iter().zip(here.iter().zip(there));
            let each = each.map(|((said, _), (a, b))| apart(said, *a, *b));
            least = least.min(each.fold(0.0, f64::max));
        }
    }
    least
}

/// Of each pixel, from 0, black.
fn shades(x: &Array3<f64>) -> Vec<f64> {
    x.iter().map(|v| (v * SHADES).round()).collect()
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
        let bits = cut("bits", BITS)?.into_iter();
        let bits = bits.map(|(t, v)| (t, v / BITS.1));
        plots.extend([
            plot("error")
                .y("", Axis::Log)
                .y_range(ERRORS.0, ERRORS.1)
                .line("batches", cut("batches", ERRORS)?)
                .line("fresh", cut("fresh", ERRORS)?),
            plot("seams")
                .y("", Axis::Log)
                .y_range(SEAMS.0, SEAMS.1)
                .colour(3)
                .line("", cut("seams", SEAMS)?),
            plot("codes")
                .y("", Axis::Linear)
                .y_range(0.0, 1.0)
                .colour(2)
                .line("in use", curve("used")?)
                .line("perplexity / K", curve("perplexity")?)
                .dashed("bits / 200", bits),
        ]);
    }
    panels(&plots, 3)
}

/// The side of a picture, the space between two, and that of the names of the rows.
const SIZE: f64 = 64.0;
const GAP: f64 = 5.0;
const NAMES: f64 = 66.0;

/// Fresh pictures, and below them what comes back from each run.
fn draw_letters(of: &Measurements) -> anyhow::Result<String> {
    let rows = [
        ("true", "picture"),
        ("healthy", "healthy"),
        ("a", "run A"),
        ("b", "run B"),
        ("c", "run C"),
        ("d", "run D"),
    ];
    let width = NAMES + DRAWN as f64 * (SIZE + GAP) - GAP;
    let height = rows.len() as f64 * (SIZE + GAP) - GAP;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n"
    );
    for (row, (run, name)) in rows.into_iter().enumerate() {
        let top = row as f64 * (SIZE + GAP);
        writeln!(
            svg,
            "<text x=\"0\" y=\"{:.1}\" font-family=\"sans-serif\" font-size=\"16\" fill=\"var(--fig-fg, #333333)\">{name}</text>",
            top + 0.5 * SIZE + 5.6,
        )?;
        let shades = of.column(&format!("letters_{run}"))?;
        let all = shades.chunks_exact(PICTURE * PICTURE);
        for (n, picture) in all.enumerate() {
            let left = NAMES + n as f64 * (SIZE + GAP);
            let scale = SIZE / PICTURE as f64;
            writeln!(
                svg,
                "<g transform=\"translate({left} {top}) scale({scale})\">"
            )?;
            svg.push_str(&pixels(picture).context("a picture")?);
            svg.push_str("</g>\n");
        }
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// A grey picture on black: the runs of each shade in one path.
fn pixels(shades: &[f64]) -> anyhow::Result<String> {
    let mut svg = format!(
        "<path fill=\"#000\" d=\"M0 0h{PICTURE}v{PICTURE}h-{PICTURE}z\"/>"
    );
    for shade in 1..=SHADES as usize {
        let mut path = String::new();
        for (y, line) in shades.chunks(PICTURE).enumerate() {
            let mut x = 0;
            for run in line.chunk_by(|a, b| a == b) {
                let wide = run.len();
                if run[0] == shade as f64 {
                    write!(path, "M{x} {y}h{wide}v1h-{wide}z")?;
                }
                x += wide;
            }
        }
        if !path.is_empty() {
            let grey = (255.0 * shade as f64 / SHADES).round() as u8;
            write!(
                svg,
                "<path fill=\"#{grey:02x}{grey:02x}{grey:02x}\" d=\"{path}\"/>"
            )?;
        }
    }
    Ok(svg)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![("logged_each_can_be_told", Claim::less(0.1, "logged_nearest"))]
}
