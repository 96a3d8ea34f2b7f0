//! Relative error of difference quotients for the slope of the binary cross-entropy, against their step.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray::{Array2, array};

use crate::compare::H;
use crate::plain::{
    bce_with_logits, bce_with_logits_backward, numeric_gradient,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "finite-differences",
    cost: Cost::Seconds,
    measure,
    figures: &[("finite_differences", draw)],
    claims,
};

const QUOTIENTS: [(&str, &str); 3] = [
    ("central_f64", "central, f64"),
    ("forward_f64", "forward, f64"),
    ("central_f32", "central, f32"),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps: Vec<f64> =
        (-56..=0).map(|n| 10_f64.powf(f64::from(n) / 4.0)).collect();
    for ((name, _), error) in QUOTIENTS.into_iter().zip(errors()) {
        let errors: Vec<f64> = steps.iter().map(|h| error(*h)).collect();
        let (best, step) = errors
            .iter()
            .zip(&steps)
            .min_by(|a, b| a.0.total_cmp(b.0))
            .unwrap_or((&1.0, &1.0));
        // How many powers of ten the error falls by, as the step falls by one.
        let slope = (error(1e-1) / error(1e-2)).log10();
        for (what, value) in [
            ("best_step", *step),
            ("best_error", *best),
            ("smallest_step_error", errors[0]),
        ] {
            let name = format!("{what}_{name}");
            lab.result(&name, value, Within::Factor(10.0))?;
        }
        if name.ends_with("f64") {
            let name = format!("slope_{name}");
            lab.result(&name, slope, Within::Absolute(0.02))?;
        }
        lab.column(name, errors)?;
    }
    lab.result("ledger_step", H, Within::Exactly)?;
    lab.result("ledger_step_error", errors()[0](H), Within::Factor(10.0))?;
    lab.column("step", steps)
}

/// The error of each quotient at a step.
fn errors() -> [Box<dyn Fn(f64) -> f64>; 3] {
    let (s, t) = (array![[0.7, -1.3, 2.1]], array![[1.0, 0.0, 0.25]]);
    let (s32, t32) = (lab::to_f32(&s), lab::to_f32(&t));
    let exact = bce_with_logits_backward(&s, &t); // [1, 3]
    let error = move |slopes: Array2<f64>| lab::max_rel_err(&slopes, &exact);
    let (at, to, found) = (s.clone(), t.clone(), error.clone());
    let central = move |h: f64| {
        found(numeric_gradient(|s| bce_with_logits(s, &to), &at, h))
    };
    let found = error.clone();
    let single = move |h: f64| {
        let loss = |s: &Array2<f32>| bce_with_logits(s, &t32);
        found(numeric_gradient(loss, &s32, h as f32).mapv(f64::from))
    };
    let forward = move |h: f64| {
        let at = |n: usize, by: f64| {
            let mut moved = s.clone(); // [1, 3]
            moved[[0, n]] += by;
            bce_with_logits(&moved, &t)
        };
        let slope = |(_, n)| (at(n, h) - at(n, 0.0)) / h;
        error(Array2::from_shape_fn(s.dim(), slope)) // [1, 3]
    };
    [Box::new(central), Box::new(forward), Box::new(single)]
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step h", Axis::Log)
        .y("relative error of the gradient", Axis::Log)
        .y_range(1e-13, 10.0);
    for (name, label) in QUOTIENTS {
        plot = plot.line(label, of.curve("step", name)?);
    }
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [step, error, smallest] =
        ["best_step", "best_error", "smallest_step_error"]
            .map(|what| move |name: &str| format!("{what}_{name}"));
    // The cube root of what numbers of 64 and of 32 bits are rounded to.
    let root = [f64::EPSILON, f64::from(f32::EPSILON)].map(f64::cbrt);
    vec![
        (
            "slope_two_and_slope_one",
            Claim::Equal(
                0.1,
                vec!["slope_central_f64".into(), "slope_forward_f64".into()],
                vec![2.0.into(), 1.0.into()],
                vec![1.0.into(), 2.0.into()],
            ),
        ),
        (
            "too_small_is_worse",
            Claim::times(1e8, error("central_f64"), smallest("central_f64")),
        ),
        (
            "near_the_cube_root",
            Claim::Less(
                vec![
                    (root[0] / 10.0).into(),
                    (root[1] / 10.0).into(),
                    step("central_f64").into(),
                    step("central_f32").into(),
                ],
                vec![
                    step("central_f64").into(),
                    step("central_f32").into(),
                    (root[0] * 10.0).into(),
                    (root[1] * 10.0).into(),
                ],
            ),
        ),
        (
            "f32_does_not_do",
            Claim::times(1e5, error("central_f64"), error("central_f32")),
        ),
        (
            "one_side_does_less",
            Claim::times(50.0, error("central_f64"), error("forward_f64")),
        ),
        ("the_ledger_steps_well", Claim::less("ledger_step_error", 1e-9)),
    ]
}
