//! Small VQ-GANs that went wrong, each in its own way, with their logs and what comes back: what exercise 10.8 shows.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::Context;
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use ndarray::Array2;
use rayon::prelude::*;
use vq_vae::rate as choice;

use crate::plain; // `causes`, which the tests read too, finds both here

pub mod causes;

use causes::{
    CAUSES, Cause, ERRORS, EVERY, FORM, LAMBDAS, LATTICES, Line, SAID, SHARP,
    SHOWN, STEPS, System, apart, early_and_late, fresh, log,
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "logged",
    cost: Cost::Seconds,
    measure,
    figures: &[("logged", draw), ("discs", draw_discs)],
    claims,
};

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

/// Pictures that are drawn of each run, and levels of a channel.
const DRAWN: usize = 5;
const LEVELS: u32 = 8;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(60, STEPS, STEPS);
    lab.result("logged_steps", steps as f64, Within::Exactly)?;
    let x = fresh(DRAWN);
    lab.column("discs_true", colours(&x))?;
    let shown: Vec<_> =
        SHOWN.map(Some).into_iter().chain([None]).zip(RUNS).collect();
    let seed = lab.seed();
    let runs = shown.into_par_iter().map(|(cause, run)| {
        let mut system = System::new(cause, seed, steps);
        let lines = system.log();
        (run, lines, colours(&system.used(&x).1))
    });
    let runs: Vec<_> = runs.collect();
    for (run, lines, drawn) in &runs {
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = lines.iter().map(|line| line.numbers()[n]);
            lab.column(&format!("{run}_{said}"), column)?;
        }
        lab.column(&format!("discs_{run}"), drawn.clone())?;
    }
    lab.column("step", (1..=steps / EVERY).map(|n| (n * EVERY) as f64))?;
    let lines: Vec<_> = runs.into_iter().map(|run| run.1).collect();
    let nearest = nearest(&lines, seed.wrapping_add(1), steps);
    lab.result("logged_nearest", nearest, Within::Absolute(0.1))
}

/// Of each run that is shown and each other cause, or none, from another seed, how far apart the two are where they are farthest:
/// the least of these.
fn nearest(shown: &[Vec<Line>], seed: u64, steps: u64) -> f64 {
    let others: Vec<Option<Cause>> =
        CAUSES.into_iter().map(Some).chain([None]).collect();
    let others = others.into_par_iter();
    let others = others.map(|c| (c, early_and_late(&log(c, seed, steps))));
    let others: Vec<_> = others.collect();
    let mut least = f64::INFINITY;
    for (cause, here) in SHOWN.iter().zip(shown) {
        let here = early_and_late(here);
        let others = others.iter().filter(|(of, _)| *of != Some(*cause));
        for (_, there) in others {
            let pairs = here.iter().zip(there).flat_map(|(a, b)| {
                let each = SAID.iter().zip(a.iter().zip(b));
                each.map(|((said, _), (a, b))| apart(said, *a, *b))
            });
            least = least.min(pairs.fold(0.0, f64::max));
        }
    }
    least
}

/// Of each pixel the number of its colour, of which there are `LEVELS` in each channel.
fn colours(x: &Array2<f32>) -> Vec<f64> {
    let x = x.iter().copied().collect::<Vec<_>>();
    let level = |v: &f32| (v * (LEVELS - 1) as f32).round();
    let colour = |pixel: &[f32]| {
        pixel.iter().fold(0.0, |all, v| all * LEVELS as f32 + level(v))
    };
    x.chunks(FORM.channels).map(|pixel| f64::from(colour(pixel))).collect()
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
            plot("error and λ")
                .y("", Axis::Log)
                .y_range(ERRORS.0, LAMBDAS.1)
                .line("error", cut("error", (ERRORS.0, LAMBDAS.1))?)
                .line("largest wλ", cut("lambda", (ERRORS.0, LAMBDAS.1))?),
            plot("sharpness, codes")
                .y("", Axis::Linear)
                .y_range(SHARP.0, SHARP.1)
                .colour(2)
                .line("sharpness", cut("sharpness", SHARP)?)
                .line("codes", curve("used")?),
            plot("unevenness")
                .y("", Axis::Log)
                .y_range(LATTICES.0, LATTICES.1)
                .colour(4)
                .line("", cut("lattice", LATTICES)?),
        ]);
    }
    panels(&plots, 3)
}

/// The side of a picture, the space between two, and that of the names of the rows.
const SIZE: f64 = 72.0;
const GAP: f64 = 5.0;
const NAMES: f64 = 66.0;

/// Fresh pictures, and below them what comes back from each run.
fn draw_discs(of: &Measurements) -> anyhow::Result<String> {
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
        let colours = of.column(&format!("discs_{run}"))?;
        let all = colours.chunks_exact(FORM.side * FORM.side);
        for (n, picture) in all.enumerate() {
            let left = NAMES + n as f64 * (SIZE + GAP);
            let scale = SIZE / FORM.side as f64;
            writeln!(
                svg,
                "<g transform=\"translate({left} {top}) scale({scale})\" shape-rendering=\"crispEdges\">"
            )?;
            svg.push_str(&pixels(picture).context("a picture")?);
            svg.push_str("</g>\n");
        }
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// A picture: the runs of each colour in one path.
fn pixels(colours: &[f64]) -> anyhow::Result<String> {
    let mut paths = BTreeMap::<u32, String>::new();
    for (y, line) in colours.chunks(FORM.side).enumerate() {
        let mut x = 0;
        for run in line.chunk_by(|a, b| a == b) {
            let wide = run.len();
            let path = paths.entry(run[0] as u32).or_default();
            write!(path, "M{x} {y}h{wide}v1h-{wide}z")?;
            x += wide;
        }
    }
    let mut svg = String::new();
    for (colour, path) in paths {
        let of = |by: u32| colour / by % LEVELS * 255 / (LEVELS - 1);
        let (r, g, b) = (of(LEVELS * LEVELS), of(LEVELS), of(1));
        let fill = format!("#{r:02x}{g:02x}{b:02x}");
        write!(svg, "<path fill=\"{fill}\" d=\"{path}\"/>")?;
    }
    Ok(svg)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![("logged_each_can_be_told", Claim::less(0.1, "logged_nearest"))]
}
