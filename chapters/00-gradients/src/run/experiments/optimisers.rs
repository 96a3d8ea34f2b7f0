//! Gradient descent and Adam in a valley 50 times as steep across as along.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use ndarray::{Array1, array};

use crate::plain::{AdamConfig, adam_step, sgd_step};

pub const EXPERIMENT: Experiment = Experiment {
    name: "optimisers",
    cost: Cost::Seconds,
    measure,
    figures: &[("optimisers", draw)],
    claims,
};

const STEPS: usize = 60;
const START: [f64; 2] = [-2.0, 0.6];
const CURVATURE: [f64; 2] = [1.0, 50.0];
/// Name, label, and how many of the steps are drawn in the plane.
const RUNS: [(&str, &str, usize); 3] = [
    ("sgd", "descent, η = 0.039", 60),
    ("sgd_too_fast", "descent, η = 0.041", 20),
    ("adam", "Adam, η = 0.15", 60),
];

type Path = Vec<Array1<f64>>;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let paths = [descend(0.039, 1.0), descend(0.041, 1.0), adam(1.0)];
    lab.result("valley_start", loss(&paths[0][0]), Within::Relative(1e-9))?;
    for ((name, ..), path) in RUNS.into_iter().zip(&paths) {
        for n in [STEPS / 2, STEPS] {
            let name = format!("valley_loss_after_{n}_{name}");
            lab.result(&name, loss(&path[n]), Within::Relative(1e-6))?;
        }
        lab.column(&format!("loss_{name}"), path.iter().map(loss))?;
        for axis in 0..2 {
            let along = path.iter().map(|p| p[axis]);
            lab.column(&format!("{name}_{axis}"), along)?;
        }
    }
    // The same loss in a unit that is a thousandth as large.
    for (name, one, other) in [
        ("adam", &paths[2], adam(1000.0)),
        ("sgd", &paths[0], descend(0.039, 1000.0)),
    ] {
        let apart = super::largest((&one[1] - &other[1]).iter().copied());
        let name = format!("{name}_step_moved_by_unit");
        lab.result(&name, apart, Within::Absolute(1e-6))?;
    }
    lab.column("step", (0..=STEPS).map(|n| n as f64))
}

fn loss(p: &Array1<f64>) -> f64 {
    0.5 * (&array![CURVATURE[0], CURVATURE[1]] * p * p).sum()
}

fn slope(p: &Array1<f64>, unit: f64) -> Array1<f64> {
    unit * &array![CURVATURE[0], CURVATURE[1]] * p // [2]
}

fn descend(lr: f64, unit: f64) -> Path {
    let mut path = vec![Array1::from(START.to_vec())];
    for n in 0..STEPS {
        let mut p = path[n].clone(); // [2]
        let d_p = slope(&p, unit); // [2]
        sgd_step(&mut p.view_mut(), &d_p.view(), lr);
        path.push(p);
    }
    path
}

fn adam(unit: f64) -> Path {
    let config = AdamConfig { lr: 0.15, ..AdamConfig::default() };
    let mut path = vec![Array1::from(START.to_vec())];
    let zeros = || Array1::zeros(2).into_dyn(); // [2]
    let (mut m, mut v) = (zeros(), zeros());
    for (t, n) in (1..).zip(0..STEPS) {
        let mut p = path[n].clone(); // [2]
        let d_p = slope(&p, unit).into_dyn(); // [2]
        let theta = &mut p.view_mut().into_dyn();
        adam_step(theta, &d_p.view(), &mut m, &mut v, t, config);
        path.push(p);
    }
    path
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plane = Plot::new("path")
        .x("θ₁", Axis::Linear)
        .y("θ₂", Axis::Linear)
        .x_range(-2.4, 1.0)
        .y_range(-1.5, 1.5);
    let mut curves =
        Plot::new("loss").x("step", Axis::Linear).y("loss", Axis::Log);
    for (name, label, shown) in RUNS {
        let loss = of.curve("step", &format!("loss_{name}"))?;
        curves = curves.line(label, loss);
        let path = of.curve(&format!("{name}_0"), &format!("{name}_1"))?;
        plane = plane.line("", path.into_iter().take(shown));
    }
    panels(&[plane, curves], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let after = |n, name| format!("valley_loss_after_{n}_{name}");
    vec![
        (
            "a_little_too_fast_climbs",
            Claim::rises([
                "valley_start".into(),
                after(30, "sgd_too_fast"),
                after(60, "sgd_too_fast"),
            ]),
        ),
        (
            "adam_is_lower_here",
            Claim::times(5.0, after(60, "adam"), after(60, "sgd")),
        ),
        (
            "adam_does_not_mind_the_unit",
            Claim::equal(
                1e-6,
                "adam_step_moved_by_unit",
                0.0,
                "sgd_step_moved_by_unit",
            ),
        ),
    ]
}
