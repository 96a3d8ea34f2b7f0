//! How the bits of batches and of digits held out fall, and what histograms reach.

use lab::{Axis, Claim, Draw, Lab, Measurements, Plot, Within};

use super::smoothed;
use crate::run::learnt::Learnt;

pub(super) const FIGURE: (&str, Draw) = ("learning", draw);

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let (steps, batch) = (it.config.steps as f64, it.config.batch as f64);
    lab.result("train_seconds", it.seconds, Within::Timing)?;
    lab.result("seconds_per_step", it.seconds / steps, Within::Timing)?;
    let maps = it.world.train_codes.nrows() as f64;
    for (name, number) in [
        ("steps", steps),
        ("batch", batch),
        ("epochs", steps * batch / maps),
        ("parameters", it.prior.size() as f64),
        ("blocks", it.prior.blocks.len() as f64),
        ("heads", it.prior.heads as f64),
        ("width", it.prior.table.ncols() as f64),
    ] {
        lab.result(name, number, Within::Exactly)?;
    }
    let (step, bits) = smoothed(&it.losses, 200);
    lab.column("step", step)?;
    lab.column("bits", bits)?;
    let step = it.history.iter().map(|(step, _)| *step as f64);
    lab.column("step_held_out", step)?;
    let seen = it.history.iter().filter_map(|(_, seen)| seen.first());
    let held_out: Vec<f64> = seen.map(|bits| f64::from(*bits)).collect();
    let n = held_out.len();
    for (name, k) in [("first", 0), ("third", n - 3), ("last", n - 1)] {
        let name = format!("bits_held_out_{name}_look");
        lab.result(&name, held_out[k], Within::Relative(0.05))?;
    }
    let early = it.history[0].0 as f64;
    lab.result("steps_first_look", early, Within::Exactly)?;
    lab.column("bits_held_out", held_out)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("bits an image", Axis::Linear)
        .line("batches", of.curve("step", "bits")?)
        .line("digits held out", of.curve("step_held_out", "bits_held_out")?)
        .horizontal("one histogram", of.value("bits_unigram")?)
        .horizontal(
            "one for each place",
            of.value("bits_unigram_per_place")?,
        );
    plot.svg()
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let look = |name: &str| format!("bits_held_out_{name}_look");
    vec![(
        "held_out_bits_fall_to_the_end",
        Claim::falls([look("first"), look("third"), look("last")]),
    )]
}
