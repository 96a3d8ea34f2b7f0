//! The generator that draws, and how it is judged.

use judge::{Judge, record};
use lab::{Axis, Cost, Experiment, Lab, Measurements, Plot, Within};

use super::{article, digits_claims, growth, judging, neighbours, parzen};
use crate::digits::unit;
use crate::run::drawn::{measured, samples, trained};
use crate::training::Players;

pub const EXPERIMENT: Experiment = Experiment {
    name: "digits",
    cost: Cost::Minutes,
    measure,
    figures: &[("losses", draw)],
    claims: digits_claims::claims,
};

/// All of them, judged by one judge.
fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let judge = &Judge::new(lab)?;
    judging::floor_and_ceiling(lab, judge)?;
    let (gan, history) = trained(lab, judge, "digits")?;
    let seconds = lab.seconds("digits")?;
    let x = measured(lab, judge, "digits", (&*gan, seconds))?; // [N, 784]
    let steps = gan.config().cool.unwrap_or(0) as f64;
    lab.result("seconds_per_step", seconds / steps, Within::Timing)?;
    let z = gan.config().noise.sample(judge.n, &mut lab.rng("judged"));
    let last = unit(gan.g().output(&z)); // [N, 784]
    record(lab, "digits_last", judge.judge(&last)?)?;
    judging::balls(lab, judge, &x)?;
    losses(lab, &*gan)?;
    samples(lab, "samples", &x, 128)?;
    growth::growth(lab, &history)?;
    growth::between(lab, &*gan)?;
    neighbours::measure(lab, judge, &x)?;
    parzen::measure(lab, judge, &x)?;
    article::measure(lab, judge)
}

/// The mean of every few hundred losses, and of the last ones.
fn losses(lab: &mut Lab, gan: &dyn Players) -> anyhow::Result<()> {
    let [of_d, of_g] = gan.losses();
    let size = (of_d.len() / 200).max(1);
    let smoothed = |losses: &[f32]| -> Vec<f64> {
        let mean = |part: &[f32]| {
            part.iter().map(|v| f64::from(*v)).sum::<f64>()
                / part.len() as f64
        };
        losses.chunks(size).map(mean).collect()
    };
    let chunks = of_d.len().div_ceil(size);
    lab.column("step", (0..chunks).map(|n| (n * size) as f64))?;
    // How far the discriminator's is from 2 log 2 once a hundredth of the run is over.
    let far = smoothed(&of_d)[chunks / 100..]
        .iter()
        .fold(0.0, |far, v| f64::max(far, (v - 4.0_f64.ln()).abs()));
    lab.result("digits_d_loss_farthest", far, Within::Absolute(0.1))?;
    for (name, losses, within) in [("d", of_d, 0.2), ("g", of_g, 0.4)] {
        let curve = smoothed(&losses);
        let end = curve[curve.len() - 1];
        let named = format!("digits_{name}_loss_end");
        lab.result(&named, end, Within::Absolute(within))?;
        lab.column(name, curve)?;
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("loss, nats", Axis::Linear)
        .line("discriminator", of.curve("step", "d")?)
        .line("generator", of.curve("step", "g")?)
        .horizontal("2 log 2", 4.0_f64.ln())
        .horizontal("log 2", 2.0_f64.ln());
    plot.svg()
}
