//! A discriminator with one free logit for each cell climbs the value, in both rooms.

use gradients::plain::{AdamConfig, sigmoid};
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use ndarray::Array1;

use super::{cells, largest, table};
use crate::on_dfdx;
use crate::plain::{climb, data_and_generator, optimal_d, value_of_tables};

pub const EXPERIMENT: Experiment = Experiment {
    name: "climb",
    cost: Cost::Seconds,
    measure,
    figures: &[("climb", draw)],
    claims,
};

/// Steps after which D is drawn on its way.
const SEEN: [usize; 3] = [20, 60, 200];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let [data, generator] = data_and_generator()?;
    let (x, width) = cells(-4.0, 4.0, 80);
    let (p, q) = (table(&data, &x), table(&generator, &x));
    let config = AdamConfig { lr: 0.02, ..AdamConfig::default() };
    let steps = lab.by_scale(1000, 3000, 3000);
    let logits = climb(&p, &q, config, steps);
    let other: anyhow::Result<_> = lab::on_device!(lab.device(), |dev| Ok(
        on_dfdx::climb::<80, _>(&dev, &p, &q, config, steps)
    ));
    let parity = lab::max_rel_err(&logits[steps], &other?);
    lab.result("climb_parity_max_rel_err", parity, Within::Limit(1e-4))?;

    let d = |step: usize| logits[step].mapv(sigmoid);
    let best = optimal_d(&p, &q);
    let error = largest(&(d(steps) - &best));
    lab.result("climb_steps", steps as f64, Within::Exactly)?;
    lab.result("optimal_d_max_abs_err", error, Within::Limit(1e-3))?;
    lab.result("optimal_d_largest", largest(&best), Within::Relative(1e-9))?;
    let v = |d: &Array1<f64>| value_of_tables(&p, &q, d);
    for (name, value) in
        [("start", v(&d(0))), ("end", v(&d(steps))), ("optimal", v(&best))]
    {
        let name = format!("climb_value_{name}");
        lab.result(&name, value, Within::Relative(1e-6))?;
    }
    for step in SEEN {
        lab.column(&format!("after_{step}"), d(step))?;
    }
    lab.column("p", &p / width)?;
    lab.column("q", &q / width)?;
    lab.column("best", best)?;
    lab.column("x", x)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let densities = Plot::new("")
        .x("x", Axis::Linear)
        .y("density", Axis::Linear)
        .area("data p", of.curve("x", "p")?)
        .area("generator q", of.curve("x", "q")?);
    let mut answers = Plot::new("")
        .x("x", Axis::Linear)
        .y("D(x)", Axis::Linear)
        .y_range(0.0, 1.0)
        .colour(2);
    for step in SEEN {
        let d = of.curve("x", &format!("after_{step}"))?;
        answers = answers.line(&format!("{step} steps"), d);
    }
    answers = answers
        .colour(0)
        .dashed("p / (p + q)", of.curve("x", "best")?)
        .horizontal("", 0.5);
    panels(&[densities, answers], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [start, end, top] =
        ["start", "end", "optimal"].map(|at| format!("climb_value_{at}"));
    vec![
        ("the_climb_arrives", Claim::equal(1e-6, end, top, start)),
        ("every_cell_is_near", Claim::less("optimal_d_max_abs_err", 1e-3)),
        ("never_above_nine_tenths", Claim::less("optimal_d_largest", 0.9)),
        ("both_climb_alike", Claim::less("climb_parity_max_rel_err", 1e-5)),
    ]
}
