//! How often each code is chosen after a random start, and what the decoder makes of each.

use lab::{
    Axis, Claim, Cost, Experiment, ImageGrid, Lab, Measurements, Plot,
    Within, panels,
};
use ndarray::Array1;

use super::dead_codes::CASES;
use super::every;
use crate::run::trial::{Data, K, Run, SEEDS, chosen, train};
use crate::training::PATCH;

pub const EXPERIMENT: Experiment = Experiment {
    name: "usage",
    cost: Cost::Seconds,
    measure,
    figures: &[("usage", draw)],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let mut tiles = ImageGrid::new(K).zoom(4);
    for (name, _, case) in &CASES[..2] {
        let run = train(lab, &data, case(), 1)?;
        let counts = chosen(&run.now, &data.held_out)?; // [K]
        push_codes(&mut tiles, &run, &counts);
        let alive = counts.iter().filter(|n| **n > 0).count() as f64;
        let within = Within::Absolute(4.0);
        lab.result(&format!("shown_{name}_alive"), alive, within)?;
        let all = counts.sum() as f64;
        let shares = ranked(&counts).into_iter().map(|k| counts[k] as f64);
        lab.column(name, shares.map(|n| n / all))?;
    }
    lab.image("codes", &tiles)
}

/// Codes by falling count.
fn ranked(counts: &Array1<usize>) -> Vec<usize> {
    let mut codes: Vec<usize> = (0..counts.len()).collect();
    codes.sort_by_key(|&k| std::cmp::Reverse(counts[k]));
    codes
}

/// What the decoder makes of each code; a code that nobody chooses is left grey.
fn push_codes(tiles: &mut ImageGrid, run: &Run, counts: &Array1<usize>) {
    let made = run.now.decoder.output(run.now.quantizer.codebook()); // [K, 16]
    for k in ranked(counts) {
        let grey = Array1::from_elem(PATCH, 0.5); // [16]
        let patch = if counts[k] > 0 { made.row(k).to_owned() } else { grey };
        let patch = patch.into_shape_with_order((4, 4));
        tiles.push(patch.expect("16 pixels").view(), 0.0, 1.0);
    }
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut bars = Vec::new();
    for (n, (name, label, _)) in CASES[..2].iter().enumerate() {
        let shares = of.column(name)?.iter().enumerate();
        let steps = shares.flat_map(|(rank, share)| {
            [rank, rank + 1].map(|edge| (edge as f64, 100.0 * share))
        });
        let plot = Plot::new(label)
            .x("code, by falling use", Axis::Linear)
            .y("latents, %", Axis::Linear)
            .x_range(0.0, K as f64)
            .y_range(0.0, 30.0)
            .colour(n)
            .area("", steps);
        bars.push(plot);
    }
    panels(&bars, 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (revived, dead) = ("random_revived_alive", "random_alive");
    let all = vec![(K as f64).into(); SEEDS];
    let wakes_all = Claim::Equal(0.0, every(revived), all, every(dead));
    vec![("revival_wakes_all", wakes_all)]
}
