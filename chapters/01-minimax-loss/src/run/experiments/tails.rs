//! Where the climbing discriminator arrives last, and how it fares without Adam.

use gradients::plain::{AdamConfig, sigmoid};
use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::{Array1, Zip};

use super::{cells, largest, table};
use crate::plain::{
    climb, data_and_generator, optimal_d, value_of_tables_backward,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "tails",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let [data, generator] = data_and_generator()?;
    let (x, _) = cells(-4.0, 4.0, 80);
    let (p, q) = (table(&data, &x), table(&generator, &x));
    let config = AdamConfig { lr: 0.02, ..AdamConfig::default() };
    let steps = lab.by_scale(1000, 3000, 3000);
    let best = optimal_d(&p, &q);
    let arrival = arrivals(&climb(&p, &q, config, steps), &best);
    for (name, from, to) in [("middle", 0.0, 2.0), ("tails", 3.0, 4.0)] {
        let cells = x.column(0).into_iter().zip(&arrival);
        let cells = cells.filter(|(x, _)| (from..to).contains(&x.abs()));
        let steps: Array1<f64> = cells.map(|(_, n)| *n).collect();
        let mean = steps.sum() / steps.len() as f64;
        let name = format!("climb_arrival_{name}");
        lab.result(&name, mean, Within::Relative(0.01))?;
    }
    let plain = ascend(&p, &q, steps).mapv(sigmoid); // [80]
    let error = largest(&(plain - &best));
    lab.result("ascent_d_max_abs_err", error, Within::Relative(0.01))
}

/// For each cell, the step from which its logit stays within a tenth of the best.
fn arrivals(history: &[Array1<f64>], best: &Array1<f64>) -> Array1<f64> {
    let logit = best.mapv(|d| (d / (1.0 - d)).ln()); // [N]
    let mut from = Array1::zeros(best.len()); // [N]
    for (n, s) in (1..).zip(history) {
        Zip::from(&mut from).and(s).and(&logit).for_each(|from, s, best| {
            if (s - best).abs() > 0.1 {
                *from = f64::from(n);
            }
        });
    }
    from
}

/// The logits after plain gradient ascent, with the step size that the heaviest cell just bears: the curvature of a
/// cell is at most (p + q) / 4.
fn ascend(p: &Array1<f64>, q: &Array1<f64>, steps: usize) -> Array1<f64> {
    let lr = 4.0 / largest(&(p + q));
    (0..steps).fold(Array1::zeros(p.len()), |s, _| {
        &s + lr * value_of_tables_backward(p, q, &s) // [N]
    })
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (adam, plain) = ("optimal_d_max_abs_err", "ascent_d_max_abs_err");
    vec![
        (
            "the_tails_come_last",
            Claim::times(10.0, "climb_arrival_middle", "climb_arrival_tails"),
        ),
        ("plain_ascent_is_slower", Claim::times(50.0, adam, plain)),
    ]
}
