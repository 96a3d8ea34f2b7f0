//! Formulas where they break: at the ends of their range, and near 0.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray::array;

use super::largest;
use crate::plain::{bce_with_logits, sigmoid, tanh};

pub const EXPERIMENT: Experiment = Experiment {
    name: "extremes",
    cost: Cost::Seconds,
    measure,
    figures: &[("tanh", draw)],
    claims,
};

/// Three ways to compute tanh in f32.
const WAYS: [(&str, &str, fn(f32) -> f32); 3] = [
    ("listed", "as listed", tanh),
    ("expm1", "with expm1", with_expm1),
    ("std", "f32::tanh", f32::tanh),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let x: Vec<f64> =
        (-160..=20).map(|n| 10_f64.powf(f64::from(n) / 20.0)).collect();
    for (name, _, way) in WAYS {
        let off = |x: f64| error(way, x);
        let worst = largest(x.iter().map(|x| off(*x) / x.tanh()));
        let apart = largest(x.iter().map(|x| off(*x)));
        lab.result(
            &format!("tanh_{name}_worst_relative"),
            worst,
            Within::Factor(2.0),
        )?;
        lab.result(
            &format!("tanh_{name}_worst_absolute"),
            apart,
            Within::Factor(2.0),
        )?;
        let relative = x.iter().map(|x| (off(*x) / x.tanh()).max(1e-9));
        lab.column(name, relative)?;
    }
    for at in [1e-5, 2e-8] {
        let off = error(tanh, at) / at.tanh();
        let name = format!("tanh_listed_relative_at_{at:e}");
        lab.result(&name, off, Within::Factor(2.0))?;
    }
    lab.column("x", x)?;

    let textbook = |s: f32| 1.0 / (1.0 + (-s).exp());
    let logits = || (-2000..=2000).map(|n| f64::from(n) / 10.0);
    let off = |s: f64| f64::from(textbook(s as f32)) - sigmoid(s);
    lab.result(
        "textbook_sigmoid_worst_absolute",
        largest(logits().map(off)),
        Within::Limit(1e-6),
    )?;
    lab.result(
        "textbook_sigmoid_overflows_from",
        first(|s| (s as f32).exp().is_infinite()),
        Within::Absolute(1.0),
    )?;
    let quotient = |x: f64| {
        let e = (2.0 * x as f32).exp();
        (e - 1.0) / (e + 1.0)
    };
    let nan = first(|x| quotient(x).is_nan());
    lab.result("textbook_tanh_nan_from", nan, Within::Absolute(1.0))?;
    let far = sigmoid(-800.0_f64);
    lab.result("sigmoid_at_minus_800", far, Within::Exactly)?;
    let loss = bce_with_logits(&array![[-800.0]], &array![[1.0]]);
    lab.result("bce_at_minus_800", loss, Within::Absolute(1e-9))
}

/// The absolute error of a tanh in f32.
fn error(way: fn(f32) -> f32, x: f64) -> f64 {
    let x = x as f32; // the error of rounding x is not its fault
    (f64::from(way(x)) - f64::from(x).tanh()).abs()
}

/// (1 - e^-2x) / (1 + e^-2x), the difference without cancellation.
fn with_expm1(x: f32) -> f32 {
    let e = (-2.0 * x.abs()).exp_m1(); // in (-1, 0]
    (-e / (2.0 + e)).copysign(x)
}

fn first(of: impl Fn(f64) -> bool) -> f64 {
    (0..1000).map(f64::from).find(|x| of(*x)).unwrap_or(1000.0)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("x", Axis::Log)
        .y("relative error of tanh in f32", Axis::Log)
        .y_range(1e-9, 10.0);
    for (name, label, _) in WAYS {
        plot = plot.line(label, of.curve("x", name)?);
    }
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let listed = "tanh_listed_worst_relative";
    vec![
        (
            "the_overflow_does_no_harm",
            Claim::less("textbook_sigmoid_worst_absolute", 2e-7),
        ),
        (
            "but_a_quotient_is_nan",
            Claim::equal(1.0, "textbook_tanh_nan_from", 45.0, 1000.0),
        ),
        (
            "the_listed_tanh_cancels",
            Claim::rises([
                "tanh_listed_worst_absolute",
                "tanh_listed_relative_at_1e-5",
                "tanh_listed_relative_at_2e-8",
            ]),
        ),
        ("but_it_is_near", Claim::less("tanh_listed_worst_absolute", 2e-7)),
        (
            "expm1_cures_it",
            Claim::times(1e6, "tanh_expm1_worst_relative", listed),
        ),
        (
            "softplus_does_not_break",
            Claim::equal(1e-9, "bce_at_minus_800", 800.0, 0.0),
        ),
        (
            "where_sigmoid_is_0",
            Claim::equal(
                0.0,
                "sigmoid_at_minus_800",
                0.0,
                "bce_at_minus_800",
            ),
        ),
    ]
}
