//! A variational autoencoder whose latents say nothing, and what cures it.

use std::collections::BTreeMap;

use gradients::plain::mse;
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use ndarray::Axis as Dim;

use super::side_by_side::pictures;
use crate::run::vae_trial::{Data, SEEDS, milestones, try_out, widest};
use crate::vae::{Objective, WIDTH};

pub const EXPERIMENT: Experiment = Experiment {
    name: "collapse",
    cost: Cost::Minutes,
    measure,
    figures: &[("collapse", draw)],
    claims,
};

/// The variance that a mean over 784 pixels stands for, in place of half their squared error.
const OF_A_MEAN: f64 = 784.0 / 2.0;

/// The variance that a sum of squares and a KL term of weight 16 stand for.
const OF_A_WEIGHT: f64 = 16.0 / 2.0;

/// How many of the cases are named in the upper of two panels.
const LEFT: usize = 3;

/// Names, labels, and what is minimised when the training has so many steps.
const CASES: [(&str, &str, fn(u64) -> Objective); 6] = [
    ("pixel_mean", "mean of squares", |_| Objective::bound(OF_A_MEAN)),
    ("weighted", "KL × 16", |_| Objective::bound(OF_A_WEIGHT)),
    ("warm_up", "with warm-up", |steps| Objective {
        warm_up: steps / 2,
        ..Objective::bound(OF_A_WEIGHT)
    }),
    ("free_nats", "with free nats", |_| Objective {
        free: 0.5,
        ..Objective::bound(OF_A_WEIGHT)
    }),
    ("pixel_sum", "sum of squares", |_| Objective::bound(0.5)),
    ("sharp", "variance 0.02", |_| Objective::bound(0.02)),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let steps = milestones(lab);
    lab.column("step", steps.iter().map(|step| *step as f64))?;
    lab.column("component", (1..=WIDTH).map(|n| n as f64))?;
    lab.result("vae_steps", steps[20] as f64, Within::Exactly)?;
    let mut vaes = BTreeMap::new();
    for (name, _, objective) in CASES {
        let vae = try_out(lab, &data, name, objective(steps[20]))?;
        vaes.insert(name, vae);
    }
    let x = &data.held_out; // [N, 784]
    let mean = x.mean_axis(Dim(0)).expect("an image"); // [784]
    let still = mean.broadcast(x.dim()).expect("a row").to_owned();
    let lost = f64::from(mse(&still, x) / x.var(0.0));
    lab.result("mean_digit_lost", lost, Within::Absolute(0.001))?;
    let widest = widest(x);
    lab.result("largest_variance", widest, Within::Absolute(0.01))?;
    pictures(lab, &data, &vaes["pixel_mean"], &vaes["pixel_sum"])
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut components = Plot::new("")
        .x("component, by falling KL", Axis::Linear)
        .y("KL, nats", Axis::Log);
    let mut course = Plot::new("")
        .x("step", Axis::Linear)
        .y("KL of all components, nats", Axis::Log);
    let shown = |x: &str, y: String| -> anyhow::Result<Vec<_>> {
        let curve = of.curve(x, &y)?.into_iter();
        Ok(curve.map(|(x, nats)| (x, nats.max(1e-7))).collect())
    };
    for (n, (name, label, _)) in CASES.into_iter().enumerate() {
        let [left, right] = if n < LEFT { [label, ""] } else { ["", label] };
        let kl = shown("component", format!("{name}_kl"))?;
        let nats = shown("step", format!("{name}_nats"))?;
        components = components.line(left, kl);
        course = course.line(right, nats);
    }
    panels(&[components, course], 1)
}

/// What is recorded of a number for each seed.
fn every<T: From<String>>(name: &str) -> Vec<T> {
    lab::over_seeds(name, SEEDS).into_iter().map(T::from).collect()
}

/// In every seed, `more ≥ times · less`.
fn times(times: f64, less: &str, more: &str) -> Claim {
    Claim::Times(times, every(less), every(more))
}

/// Not one component is in use, in any seed.
fn none_in_use(name: &str) -> Claim {
    Claim::all_below(every::<String>(&format!("{name}_active")), 0.5)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let a_mean_digit = Claim::Equal(
        0.06,
        every("pixel_mean_lost"),
        vec!["mean_digit_lost".into(); SEEDS],
        every("pixel_sum_lost"),
    );
    let all = vec![(WIDTH as f64).into(); SEEDS];
    let (used, none) =
        (every("pixel_sum_active"), every("pixel_mean_active"));
    let (one, widest) = ("pixel_sum_lost", "largest_variance".into());
    vec![
        ("no_component_is_in_use", none_in_use("pixel_mean")),
        ("it_gives_a_mean_digit", a_mean_digit),
        ("with_a_sum_all_are_in_use", Claim::Equal(0.0, used, all, none)),
        ("with_a_sum_half_the_error", times(2.0, one, "pixel_mean_lost")),
        ("a_heavy_term_collapses_it_too", none_in_use("weighted")),
        (
            "no_direction_varies_by_as_much",
            Claim::Rises(vec![0.5.into(), widest, OF_A_WEIGHT.into()]),
        ),
        ("a_warm_up_ends_there_too", none_in_use("warm_up")),
        (
            "a_warm_up_postpones_it",
            times(500.0, "warm_up_nats", "warm_up_most_nats"),
        ),
        ("free_nats_cure_it", times(1.8, "free_nats_lost", "weighted_lost")),
        (
            "a_small_variance_buys_nats",
            times(4.0, "pixel_sum_nats", "sharp_nats"),
        ),
        ("and_loses_less", Claim::less_over_seeds("sharp_lost", one, SEEDS)),
    ]
}
