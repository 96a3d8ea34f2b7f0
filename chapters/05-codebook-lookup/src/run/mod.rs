//! The experiments of chapter 5.

mod digit_patches;
mod doubt;
pub mod experiments;
pub mod ledger;
mod stopwatch;

use lab::{Cost, Lab};

use experiments::{
    agreement, benchmark, cells, codebook, copies, cosine, dot_product,
    lloyd, lookup, patches, pipeline, rounding, spoilt, steps,
};

/// The experiments of chapter 5.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.run(&lookup::EXPERIMENT)?;
    lab.run(&copies::EXPERIMENT)?;
    lab.run(&pipeline::EXPERIMENT)?;
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&agreement::EXPERIMENT)?;
    lab.run(&dot_product::EXPERIMENT)?;
    lab.run(&rounding::EXPERIMENT)?;
    lab.run(&cells::EXPERIMENT)?;
    lab.run(&steps::EXPERIMENT)?;
    lab.run(&lloyd::EXPERIMENT)?;
    lab.run(&spoilt::EXPERIMENT)?;
    lab.run(&patches::EXPERIMENT)?;
    lab.run(&codebook::EXPERIMENT)?;
    lab.run(&cosine::EXPERIMENT)?;
    lab.run(&benchmark::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
