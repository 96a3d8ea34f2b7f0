//! The classifier in both rooms: equal weights, equal batches, losses compared step by step.

use datasets::Digits;
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Resumable, Within,
};

use super::{SEEDS, largest, load, mean, of_seed};
use crate::classifier::{Classifier, Classifies};
use crate::on_dfdx;
use crate::plain::AdamConfig;

pub const EXPERIMENT: Experiment = Experiment {
    name: "parity",
    cost: Cost::Seconds,
    measure,
    figures: &[("parity", draw)],
    claims,
};

/// The first steps, for which the rooms must agree.
const FIRST: usize = 20;

const VARIANTS: [(&str, &str); 3] = [
    ("rooms", "ndarray against dfdx"),
    ("rate", "ndarray, other step size"),
    ("nudge", "ndarray, weights nudged"),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let [digits, _] = load(lab)?;
    let steps = lab.by_scale(25, 100, 400);
    let rate = step_sizes_apart();
    let mut runs = Vec::new();
    for seed in 1..=SEEDS {
        runs.push(apart(lab, &digits, seed, steps, rate)?);
    }
    for (n, (name, _)) in VARIANTS.into_iter().enumerate() {
        let over = |part: fn(&[f64]) -> f64| -> Vec<f64> {
            runs.iter().map(|run| part(&run[n])).collect()
        };
        let first = over(|e| largest(e[..FIRST].iter().copied()));
        let start = over(|e| mean(&e[..3]));
        let end = over(|e| mean(&e[e.len() - FIRST..]));
        for (part, values, limit) in [
            ("first", &first, 1e-4),
            ("start", &start, 1e-5),
            ("end", &end, 0.01),
        ] {
            let name = format!("parity_{part}_{name}");
            lab.over_seeds(&name, values, Within::Limit(limit))?;
        }
        lab.column(name, runs[0][n].iter().copied())?;
    }
    lab.result("parity_step_sizes_apart", rate, Within::Factor(1.5))?;
    lab.result("parity_steps", steps as f64, Within::Exactly)?;
    lab.column("step", (1..=steps).map(|n| n as f64))
}

/// By what share the two rooms' steps of Adam differ, at most, over the first ones: dfdx works 1 - β^t out in f32.
fn step_sizes_apart() -> f64 {
    let config = AdamConfig::default();
    largest((1..=FIRST as i32).map(|t| {
        let [m, v] = [config.beta1, config.beta2].map(|beta| {
            let single = f64::from(1.0 - (beta as f32).powi(t));
            single / (1.0 - beta.powi(t))
        });
        v.sqrt() / m - 1.0
    }))
}

/// Relative differences of the losses of this room to those of the other; to its own with step sizes larger by `rate`;
/// and to its own when every weight at the start is one unit in the last place larger.
fn apart(
    lab: &Lab,
    digits: &Digits,
    seed: usize,
    steps: usize,
    rate: f64,
) -> anyhow::Result<[Vec<f64>; 3]> {
    let (order, mut rng) = of_seed(lab, seed);
    let start = Classifier::new(digits, order, &mut rng)?.model.net;
    let fresh = || Classifier::of(start.clone(), digits, order);
    let mut faster = fresh()?;
    faster.model.adam.config.lr *= 1.0 + rate;
    let mut nudged = fresh()?;
    let layers = nudged.model.net.layers.iter_mut();
    layers.for_each(|layer| layer.w *= 1.0 + f32::EPSILON);
    let other = fresh()?;
    let other: anyhow::Result<Vec<f32>> =
        lab::on_device!(lab.device(), |dev| {
            let mut other = on_dfdx::Classifier::new(&dev, other);
            (0..steps).try_for_each(|_| other.step().map(drop))?;
            Ok(other.losses())
        });
    let mut here = fresh()?;
    for plain in [&mut here, &mut faster, &mut nudged] {
        (0..steps).try_for_each(|_| plain.step().map(drop))?;
    }
    let apart = |there: &[f32]| {
        let distance = |(a, b): (&f32, &f32)| f64::from((a - b).abs() / a);
        here.model.losses.iter().zip(there).map(distance).collect()
    };
    Ok([
        apart(&other?),
        apart(&faster.model.losses),
        apart(&nudged.model.losses),
    ])
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("relative difference of the losses", Axis::Log)
        .y_range(1e-9, 1e-2);
    for (name, label) in VARIANTS {
        plot = plot.points(label, of.curve("step", name)?);
    }
    plot.horizontal(
        "one unit in the last place of f32",
        f64::from(f32::EPSILON),
    )
    .svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let all = |part: &str, name: &str| -> Vec<_> {
        let names = lab::over_seeds(&format!("parity_{part}_{name}"), SEEDS);
        names.into_iter().map(Into::into).collect()
    };
    let beyond_nudge =
        |name| Claim::Times(10.0, all("end", "nudge"), all("end", name));
    vec![
        (
            "the_rooms_train_alike",
            Claim::Less(all("first", "rooms"), vec![1e-4.into(); SEEDS]),
        ),
        (
            "a_nudge_stays_one",
            Claim::Less(all("end", "nudge"), vec![1e-6.into(); SEEDS]),
        ),
        ("no_rounding_parts_the_rooms", beyond_nudge("rooms")),
        ("a_step_size_does", beyond_nudge("rate")),
        (
            "as_much_as_the_other_room",
            Claim::undecided("parity_end_rooms", "parity_end_rate", SEEDS),
        ),
    ]
}
