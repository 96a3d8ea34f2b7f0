//! A generator with one number, its mean, chases data at 0 under three losses; the discriminator is the best there is.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray::Array2;

use super::{Backward, LOSSES, noise};
use crate::plain::optimal_logit;

pub const EXPERIMENT: Experiment = Experiment {
    name: "race",
    cost: Cost::Seconds,
    measure,
    figures: &[("race", draw)],
    claims,
};

const START: f64 = 5.0;
/// How near to the data counts as there.
const NEAR: f64 = 0.5;
const STEPS: usize = 600;
const LR: f64 = 0.05;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let (z, mass) = noise();
    let paths = LOSSES.map(|(_, _, backward)| {
        let mut path = vec![START];
        for n in 0..STEPS {
            path.push(path[n] - LR * slope(backward, path[n], &z, &mass));
        }
        path
    });
    let arrival = |path: &[f64]| path.iter().position(|x| x.abs() < NEAR);
    let first = paths.iter().filter_map(|p| arrival(p)).min().unwrap_or(0);
    for ((name, ..), path) in LOSSES.iter().zip(&paths) {
        lab.result(
            &format!("race_distance_{name}"),
            path[STEPS],
            Within::Absolute(1e-6),
        )?;
        lab.result(
            &format!("race_distance_at_first_arrival_{name}"),
            path[first],
            Within::Absolute(1e-6),
        )?;
        if let Some(n) = arrival(path) {
            let name = format!("race_steps_{name}");
            lab.result(&name, n as f64, Within::Absolute(1.0))?;
        }
        lab.column(name, path.iter().copied())?;
    }
    lab.column("step", (0..=STEPS).map(|n| n as f64))?;
    lab.result("race_steps", STEPS as f64, Within::Exactly)
}

/// The gradient at the mean. Data N(0, 1), generator x = mean + z: the best logit is mean²/2 - mean x, its slope in x
/// is -mean.
pub(super) fn slope(
    backward: Backward,
    mean: f64,
    z: &Array2<f64>,
    mass: &Array2<f64>,
) -> f64 {
    let logit =
        |z: f64| optimal_logit(-0.5 * (mean + z).powi(2), -0.5 * z * z);
    let s = z.mapv(logit); // [400, 1]
    let d_s = backward(&s) * s.len() as f64; // [400, 1], without the mean's 1/N
    (d_s * mass).sum() * -mean
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("distance of the generator from the data", Axis::Linear)
        .y_range(0.0, 5.5);
    for (name, label, _) in LOSSES {
        plot = plot.line(label, of.curve("step", name)?);
    }
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let others = ["saturating", "double_sigmoid"]
        .map(|name| format!("race_distance_at_first_arrival_{name}"));
    let (plain, in_use) =
        ("race_steps_saturating", "race_steps_non_saturating");
    vec![
        ("seven_times_as_long", Claim::times(7.0, in_use, plain)),
        ("the_others_have_hardly_left", Claim::all_above(others, 4.75)),
        (
            "two_sigmoids_do_not_arrive",
            Claim::less(4.5, "race_distance_double_sigmoid"),
        ),
    ]
}
