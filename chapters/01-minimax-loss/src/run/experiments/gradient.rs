//! The gradient of three generator losses at the logit, against the discriminator's answer.

use gradients::plain::softplus;
use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray::array;

use super::{Backward, LOSSES};
use crate::plain::g_loss_double_sigmoid;

pub const EXPERIMENT: Experiment = Experiment {
    name: "gradient",
    cost: Cost::Seconds,
    measure,
    figures: &[("gradient", draw)],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let d = (-300..0).map(|n| 10_f64.powf(f64::from(n) / 100.0));
    let d: Vec<f64> = d.filter(|d| *d < 0.999).collect();
    for (name, _, backward) in LOSSES {
        for d in [0.01, 0.5, 0.99] {
            lab.result(
                &format!("grad_{name}_at_{d}"),
                at(backward, d),
                Within::Absolute(1e-12),
            )?;
        }
        lab.column(name, d.iter().map(|d| at(backward, *d).abs()))?;
    }
    let [in_use, others @ ..] = LOSSES;
    for (name, _, backward) in others {
        lab.result(
            &format!("push_over_{name}_at_0.01"),
            at(in_use.2, 0.01) / at(backward, 0.01),
            Within::Relative(1e-9),
        )?;
    }
    lab.column("d", d)?;
    let ends = [1000.0, -1000.0].map(|s| g_loss_double_sigmoid(&array![[s]]));
    lab.result("double_sigmoid_loss_min", ends[0], Within::Absolute(1e-12))?;
    lab.result("double_sigmoid_loss_max", ends[1], Within::Absolute(1e-12))
}

/// The gradient at the logit of a fake to which D gives the probability `d`.
fn at(backward: Backward, d: f64) -> f64 {
    backward(&array![[(d / (1.0 - d)).ln()]])[[0, 0]]
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let labels = [": −(1 − D)", ": −D", ""];
    let mut plot = Plot::new("")
        .x("D(G(z)): how real the discriminator finds the fake", Axis::Log)
        .y("size of the gradient at the logit", Axis::Log)
        .y_range(1e-4, 3.0);
    for ((name, label, _), more) in LOSSES.into_iter().zip(labels) {
        plot = plot.line(&format!("{label}{more}"), of.curve("d", name)?);
    }
    plot.vertical("D = 0.01", 0.01).svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let of = |loss, d| format!("grad_{loss}_at_{d}");
    let double = |d| of("double_sigmoid", d);
    let (plain, in_use) = ("saturating", "non_saturating");
    vec![
        (
            "ninety_nine_times",
            Claim::equal(1e-9, "push_over_saturating_at_0.01", 99.0, 1.0),
        ),
        (
            "two_sigmoids_push_least",
            Claim::less(200.0, "push_over_double_sigmoid_at_0.01"),
        ),
        (
            "equal_at_one_half",
            Claim::equal(1e-12, of(plain, 0.5), of(in_use, 0.5), double(0.5)),
        ),
        (
            "one_mirrors_the_other",
            Claim::equal(
                1e-12,
                of(plain, 0.99),
                of(in_use, 0.01),
                of(in_use, 0.99),
            ),
        ),
        (
            "the_lowest_loss_of_two_sigmoids",
            Claim::equal(
                1e-12,
                "double_sigmoid_loss_min",
                softplus(-1.0),
                0.0,
            ),
        ),
        (
            "the_highest_loss_of_two_sigmoids",
            Claim::equal(
                1e-12,
                "double_sigmoid_loss_max",
                2.0_f64.ln(),
                1000.0,
            ),
        ),
        (
            "gone_at_both_ends",
            Claim::all_above([double(0.01), double(0.99)], -0.01),
        ),
    ]
}
