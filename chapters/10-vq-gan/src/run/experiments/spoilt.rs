//! What goes wrong, one switch at a time, on the small systems of exercise 10.8, and the cure: the same system without it.

use lab::{Claim, Cost, Experiment, Lab, Within};
use rayon::prelude::*;

use super::logged::causes::{Cause, Line, STEPS, early_and_late, log};
use crate::run::setting::{SEEDS, over_seeds};

pub const EXPERIMENT: Experiment = Experiment {
    name: "spoilt",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

/// The system as it is, and with each of four switches.
const RUNS: [(&str, Option<Cause>); 5] = [
    ("well", None),
    ("early", Some(Cause::HeardTooEarly)),
    ("unbounded", Some(Cause::NoBound)),
    ("dead", Some(Cause::DeadCodes)),
    ("skips", Some(Cause::OnePixelInFour)),
];

/// What is seen in a log.
type Of = fn(&[Line]) -> f64;

const NEAR: Within = Within::Factor(1.5);

/// λ at its bound is the same for every seed, and does not spread.
fn largest(lines: &[Line]) -> f64 {
    lines.iter().map(|line| line.lambda).fold(0.0, f64::max)
}

/// What is measured of a log.
const MEASURED: [(&str, Of, Within); 6] = [
    ("beginning", |lines| early_and_late(lines)[0][0], NEAR),
    ("error", |lines| early_and_late(lines)[1][0], NEAR),
    ("sharpness", |lines| early_and_late(lines)[1][1], NEAR),
    ("lambda", largest, Within::Absolute(5.0)),
    ("used", |lines| early_and_late(lines)[1][4], NEAR),
    ("lattice", |lines| early_and_late(lines)[1][5], NEAR),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(60, STEPS, STEPS);
    let seed = lab.seed().wrapping_add(10);
    let jobs = RUNS.iter().flat_map(|(_, cause)| {
        (0..SEEDS as u64).map(move |n| (*cause, seed.wrapping_add(n)))
    });
    let jobs: Vec<_> = jobs.collect();
    let jobs = jobs.into_par_iter().with_max_len(1);
    let logs: Vec<Vec<Line>> =
        jobs.map(|(cause, seed)| log(cause, seed, steps)).collect();
    for ((run, _), logs) in RUNS.iter().zip(logs.chunks(SEEDS)) {
        for (what, of, within) in MEASURED {
            let all: Vec<f64> = logs.iter().map(|log| of(log)).collect();
            let name = format!("spoilt_{run}_{what}");
            match within {
                Within::Absolute(_) => lab.over_seeds(&name, &all, within)?,
                _ => over_seeds(lab, &name, &all, within)?,
            }
        }
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str, what: &str| {
        let name = |run: &str| format!("spoilt_{run}_{what}");
        Claim::less_over_seeds(&name(a), &name(b), SEEDS)
    };
    vec![
        ("too_early_costs_the_beginning", less("well", "early", "beginning")),
        ("nor_does_it_catch_up", less("well", "early", "error")),
        ("without_a_bound_it_shouts", less("well", "unbounded", "lambda")),
        ("and_costs_a_lot", less("well", "unbounded", "error")),
        ("dead_codes_leave_few", less("dead", "well", "used")),
        ("few_codes_cost_error", less("well", "dead", "error")),
        ("skipped_pixels_stand_out", less("well", "skips", "lattice")),
    ]
}
