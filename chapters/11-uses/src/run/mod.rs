//! The experiments of chapter 11.

pub mod experiments;
mod given;
pub mod ledger;
#[allow(dead_code)] // until all experiments are merged
mod sheets;

use lab::{Cost, Lab};

use experiments::{cures, meaning, memory, mend, restore};

/// The experiments of chapter 11.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&restore::EXPERIMENT)?;
    lab.run(&mend::EXPERIMENT)?;
    lab.run(&meaning::EXPERIMENT)?;
    lab.run(&memory::EXPERIMENT)?;
    lab.run(&cures::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
