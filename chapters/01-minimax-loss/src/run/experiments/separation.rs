//! The value of the best discriminator against the distance of two mixtures: computed, predicted, and estimated.

use datasets::toy::{Density, GaussianMixture};
use lab::{
    Axis, ChaCha8Rng, Claim, Cost, Experiment, Lab, Measurements, Plot,
    Within,
};
use ndarray::{Array2, ArrayView1, Axis as Dim, Zip};

use super::{cells, table};
use crate::plain::{jsd, optimal_logit, value, value_of_logits};

pub const EXPERIMENT: Experiment = Experiment {
    name: "separation",
    cost: Cost::Seconds,
    measure,
    figures: &[("separation", draw)],
    claims,
};

/// Distances between 0 and 8; every fourth is estimated from samples too.
const DISTANCES: usize = 33;
const STEP: f64 = 0.25;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let shifts = || (0..DISTANCES).map(|n| n as f64 * STEP);
    let (v, predicted) = computed(lab, shifts())?;
    estimated(lab, shifts(), &v)?;
    let slopes = v.windows(2).map(|v| (v[1] - v[0]) / STEP);
    let slopes: Vec<f64> = slopes.collect();
    let steepest = slopes.iter().copied().fold(0.0, f64::max);
    let last = slopes[slopes.len() - 1];
    lab.result("value_at_equilibrium", v[0], Within::Absolute(1e-9))?;
    let far = -v[DISTANCES - 1];
    lab.result("value_when_disjoint", far, Within::Limit(1e-6))?;
    lab.result("value_steepest", steepest, Within::Relative(1e-6))?;
    lab.result("value_slope_far", last, Within::Limit(1e-6))?;
    let apart = v.iter().zip(&predicted).map(|(a, b)| (a - b).abs());
    let apart = apart.fold(0.0, f64::max);
    lab.result("value_identity_max_abs_err", apart, Within::Limit(1e-9))?;
    lab.result("value_distances", DISTANCES as f64, Within::Exactly)
}

/// The value of the best discriminator at each distance, and what the divergence says it is.
fn computed(
    lab: &mut Lab,
    shifts: impl Iterator<Item = f64>,
) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
    let (x, _) = cells(-6.0, 14.0, 4000);
    let p = table(&mixture(0.0)?, &x);
    let (mut at, mut v, mut predicted) = (vec![], vec![], vec![]);
    for shift in shifts {
        let q = table(&mixture(shift)?, &x);
        let best = Zip::from(&p)
            .and(&q)
            .map_collect(|p, q| optimal_logit(p.ln(), q.ln())); // [N]
        at.push(shift);
        v.push(value_of_logits(&p, &q, &best));
        predicted.push(2.0 * jsd(&p, &q) - 4.0_f64.ln());
    }
    lab.column("distance", at)?;
    lab.column("value", v.iter().copied())?;
    lab.column("predicted", predicted.iter().copied())?;
    Ok((v, predicted))
}

/// The same from samples, at every fourth distance.
fn estimated(
    lab: &mut Lab,
    shifts: impl Iterator<Item = f64>,
    v: &[f64],
) -> anyhow::Result<()> {
    let samples = lab.by_scale(2_000, 100_000, 1_000_000);
    let (data, mut rng) = (mixture(0.0)?, lab.rng("separation"));
    let (mut at, mut estimates, mut off) = (vec![], vec![], 0.0_f64);
    for (shift, v) in shifts.zip(v).step_by(4) {
        let found = estimate(&data, &mixture(shift)?, samples, &mut rng);
        off = off.max((found - v).abs());
        at.push(shift);
        estimates.push(found);
    }
    lab.result("value_estimate_max_abs_err", off, Within::Limit(0.05))?;
    lab.result("value_samples", samples as f64, Within::Exactly)?;
    lab.column("estimated_at", at)?;
    lab.column("estimate", estimates)
}

/// Two equal peaks, moved by `shift`.
fn mixture(shift: f64) -> anyhow::Result<GaussianMixture> {
    let peaks = [(0.5, shift - 1.0), (0.5, shift + 1.0)];
    Ok(GaussianMixture::one_dimensional(&peaks, 0.5)?)
}

/// The value of the best discriminator, from samples of both.
fn estimate(
    data: &GaussianMixture,
    generator: &GaussianMixture,
    samples: usize,
    rng: &mut ChaCha8Rng,
) -> f64 {
    let logit = |x: ArrayView1<f64>| {
        optimal_logit(data.log_density(x), generator.log_density(x))
    };
    let mut score = |of: &GaussianMixture| -> Array2<f64> {
        let x = of.sample(samples, rng); // [samples, 1]
        x.map_axis(Dim(1), logit).insert_axis(Dim(1)) // [samples, 1]
    };
    let real = score(data);
    value(&real, &score(generator))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = Plot::new("")
        .x("distance of the two mixtures", Axis::Linear)
        .y("V(D*, G), nats", Axis::Linear)
        .y_range(-1.6, 0.2)
        .line("V at D*", of.curve("distance", "value")?)
        .dashed("2 JSD − log 4", of.curve("distance", "predicted")?)
        .points(
            "estimate from samples",
            of.curve("estimated_at", "estimate")?,
        )
        .horizontal("0", 0.0)
        .horizontal("−log 4", -(4.0_f64.ln()));
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (equal, apart) = ("value_at_equilibrium", "value_when_disjoint");
    vec![
        (
            "guessing_at_the_match",
            Claim::equal(1e-9, equal, -(4.0_f64.ln()), 0.0),
        ),
        ("nothing_left_to_gain", Claim::equal(1e-6, apart, 0.0, equal)),
        (
            "a_flat_line",
            Claim::times(1e6, "value_slope_far", "value_steepest"),
        ),
        (
            "the_value_is_a_divergence",
            Claim::less("value_identity_max_abs_err", 1e-12),
        ),
        (
            "samples_estimate_it",
            Claim::less("value_estimate_max_abs_err", 0.01),
        ),
    ]
}
