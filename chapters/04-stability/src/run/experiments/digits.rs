//! Digits from a convolutional pair, three seeds.

use gan::digits::unit;
use judge::{Judge, Verdict};
use lab::{
    Axis, Cost, Experiment, ImageGrid, Lab, Measurements, Plot, Within,
};
use ndarray::Array2;

use super::digits_claims;
use crate::digits::{pair, recipe, sizes};
use crate::pair::in_room;
use crate::run::task::spread;

pub const EXPERIMENT: Experiment = Experiment {
    name: "digits",
    cost: Cost::Minutes,
    measure,
    figures: &[("digits_losses", draw)],
    claims: digits_claims::claims,
};

pub const SEEDS: usize = 3;

/// What the noise is multiplied by to draw fewer kinds of digits, surer.
const NARROW: f32 = 0.8;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let judge = &Judge::new(lab)?;
    let floor = judge.judge(&judge.held_out())?.frechet;
    lab.result("digits_floor", floor, Within::Factor(1.2))?;
    let real = judge.real.confident(0.9);
    lab.result("digits_real_confident", real, Within::Absolute(0.02))?;
    let steps: u64 = lab.by_scale(20, 28_000, 60_000);
    let (mut verdicts, mut narrow) = (Vec::new(), Vec::new());
    let mut seconds = Vec::new();
    for n in 0..SEEDS {
        let seed = lab.seed().wrapping_add(n as u64);
        let start = pair(recipe(steps), sizes(lab), seed, &judge.train)?;
        let mut pair = in_room(lab, start)?;
        let name = format!("digits-{n}");
        lab.train(&name, steps, &mut pair)?;
        seconds.push(lab.seconds(&name)?);
        let noise = pair.config().noise;
        let z = noise.sample(judge.n, &mut lab.rng("judged")); // [N, Z]
        let x = unit(pair.mean().output(&z)); // [N, 784]
        verdicts.push(judge.judge(&x)?);
        // The same noise, narrower.
        let x = unit(pair.mean().output(&(z * NARROW))); // [N, 784]
        narrow.push(judge.judge(&x)?);
        if n == 0 {
            samples(lab, &x)?;
            losses(lab, pair.losses())?;
        }
    }
    record(lab, "digits", &verdicts, floor)?;
    record(lab, "digits_narrow", &narrow, floor)?;
    lab.result("digits_narrow_noise", NARROW.into(), Within::Exactly)?;
    let seconds = seconds.iter().sum::<f64>() / SEEDS as f64;
    lab.result("digits_seconds", seconds, Within::Timing)?;
    lab.result("digits_seeds", SEEDS as f64, Within::Exactly)?;
    lab.result("digits_steps", steps as f64, Within::Exactly)
}

/// What the judge says of all seeds, and the standard deviations as `…_spread`.
fn record(
    lab: &mut Lab,
    name: &str,
    verdicts: &[Verdict],
    floor: f64,
) -> anyhow::Result<()> {
    let of = |f: &dyn Fn(&Verdict) -> f64| -> Vec<f64> {
        verdicts.iter().map(f).collect()
    };
    let (share, factor) = (Within::Absolute(0.05), Within::Factor(1.3));
    for (what, numbers, within) in [
        ("frechet_over_floor", of(&|v| v.frechet / floor), factor),
        ("confident_share", of(&|v| v.confident), share),
        ("precision", of(&|v| v.precision), share),
        ("recall", of(&|v| v.recall), share),
        ("rarest_class_share", of(&|v| v.rarest), share),
    ] {
        lab.over_seeds(&format!("{name}_{what}"), &numbers, within)?;
        let named = format!("{name}_{what}_spread");
        lab.result(&named, spread(&numbers), share)?;
    }
    Ok(())
}

/// The first samples, sixteen a row.
fn samples(lab: &Lab, x: &Array2<f32>) -> anyhow::Result<()> {
    let mut grid = ImageGrid::new(16);
    for row in x.rows().into_iter().take(128) {
        let image = row.to_shape((28, 28))?;
        grid.push(image.view(), 0.0, 1.0);
    }
    lab.image("digits", &grid)
}

/// The mean of every few dozen losses.
fn losses(lab: &mut Lab, [of_d, of_g]: [Vec<f32>; 2]) -> anyhow::Result<()> {
    let size = (of_d.len() / 200).max(1);
    let chunks = of_d.len().div_ceil(size);
    lab.result("digits_chunk", size as f64, Within::Exactly)?;
    lab.column("step", (0..chunks).map(|n| (n * size) as f64))?;
    for (name, losses) in [("d", of_d), ("g", of_g)] {
        let mean = |part: &[f32]| {
            let sum = part.iter().map(|v| f64::from(*v)).sum::<f64>();
            sum / part.len() as f64
        };
        lab.column(name, losses.chunks(size).map(mean))?;
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
