//! A tokeniser and a prior on digits. What is measured of them, drawn and claimed is in the files beside this one.

use lab::{Claim, Cost, Experiment, Lab};

use super::judging::Judging;
use super::{
    beside, beside_claims, bits, completion_bits, completion_errors,
    completion_leak, completions, costs, coverage, extremes, files, growth,
    learning, looks, places, samples, speckle, temperature, without,
};
use crate::run::learnt::Learnt;

pub const EXPERIMENT: Experiment = Experiment {
    name: "draw",
    cost: Cost::Minutes,
    measure,
    figures: &[learning::FIGURE, places::FIGURE, temperature::FIGURE],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let learnt = Learnt::new(lab)?;
    learning::measure(lab, &learnt)?;
    bits::measure(lab, &learnt)?;
    places::measure(lab, &learnt)?;
    extremes::measure(lab, &learnt)?;
    files::measure(lab, &learnt)?;
    samples::measure(lab, &learnt)?;
    without::measure(lab, &learnt)?;
    growth::measure(lab, &learnt)?;
    looks::measure(lab, &learnt)?;
    completions::measure(lab, &learnt)?;
    completion_bits::measure(lab, &learnt)?;
    completion_errors::measure(lab, &learnt)?;
    completion_leak::measure(lab, &learnt)?;
    let judging = Judging::new(lab, &learnt.world)?;
    let drawn = temperature::measure(lab, &learnt, &judging)?;
    let made = beside::measure(lab, &learnt.world, &judging, &drawn)?;
    coverage::measure(lab, &judging, &drawn, &made)?;
    speckle::measure(lab, &judging, &drawn, &made)?;
    costs::measure(lab, &learnt)
}

fn claims() -> Vec<(&'static str, Claim)> {
    [
        learning::claims(),
        bits::claims(),
        places::claims(),
        files::claims(),
        samples::claims(),
        looks::claims(),
        completion_bits::claims(),
        completion_errors::claims(),
        completion_leak::claims(),
        temperature::claims(),
        beside_claims::claims(),
        coverage::claims(),
        speckle::claims(),
        costs::claims(),
    ]
    .concat()
}
