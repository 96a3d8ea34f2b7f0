//! Moving averages with a fixed assignment and fresh batches: what three starts leave behind.

use datasets::Batches;
use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Within};
use ndarray::{Array2, Axis as Dim};

use super::over_steps;
use crate::plain::Ema;
use crate::run::trial::{Chosen, Data};

pub const EXPERIMENT: Experiment = Experiment {
    name: "ema",
    cost: Cost::Seconds,
    measure,
    figures: &[("ema", draw)],
    claims,
};

const GAMMA: f64 = 0.99;

/// Root of the mean squared distance of a code from its mean.
fn distance(codes: &Array2<f64>, means: &Array2<f64>) -> f64 {
    let off = (codes - means).mapv(|v| v * v).sum_axis(Dim(1)); // [8]
    (off.sum() / off.len() as f64).sqrt()
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let Chosen { z_e, indices, means, start } =
        &Chosen::new(lab, &Data::load(lab)?)?;
    let off = distance(start, means);
    lab.result("ema_start_distance", off, Within::Relative(0.01))?;
    let of = |debias| Ema::new(start.clone(), GAMMA, debias);
    let mut mismatched = of(false)?;
    mismatched.counts.fill(0.0);
    let steps = lab.by_scale(60, 800, 800);
    lab.column("step", (1..=steps).map(|step| step as f64))?;
    for (name, mut ema) in [
        ("empty", of(true)?),
        ("one", of(false)?),
        ("mismatched", mismatched),
    ] {
        let mut batches = Batches::new(z_e.nrows(), 64, lab.seed())?;
        let course = (0..steps).map(|t| {
            let rows = batches.batch(t);
            let chosen: Vec<_> = rows.iter().map(|&n| indices[n]).collect();
            ema.update(&z_e.select(Dim(0), &rows), &chosen);
            distance(ema.codebook(), means)
        });
        let course: Vec<f64> = course.collect();
        let (name, last) = (format!("ema_{name}_distance"), course.len() - 1);
        let within = Within::Relative(0.05);
        lab.result(&format!("{name}_first"), course[0], within)?;
        lab.result(&format!("{name}_last"), course[last], within)?;
        lab.column(&name, course)?;
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = over_steps("distance from the cluster means", Axis::Log);
    for (name, label) in [
        ("empty", "averages start empty"),
        ("one", "the start counts as one latent"),
        ("mismatched", "counts empty, sums not"),
    ] {
        let course = of.curve("step", &format!("ema_{name}_distance"))?;
        plot = plot.line(label, course);
    }
    let start = of.value("ema_start_distance")?;
    plot.horizontal("where they start", start).svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let start = "ema_start_distance";
    let last = ["empty", "one", "mismatched"]
        .map(|name| format!("ema_{name}_distance_last"));
    vec![
        (
            "empty_averages_start_at_a_batch",
            Claim::times(5.0, "ema_empty_distance_first", start),
        ),
        (
            "a_mismatched_start_throws",
            Claim::times(10.0, start, "ema_mismatched_distance_first"),
        ),
        ("all_three_come_back", Claim::all_below(last, 0.02)),
    ]
}
