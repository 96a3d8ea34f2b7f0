//! The experiments of chapter 11.

mod codecs;
mod coders;
mod conditional_ledger;
mod costs;
pub mod experiments;
mod given;
pub mod ledger;
mod sheets;
mod systems;
pub mod translate_ledger;

use lab::{Cost, Lab};

use experiments::{
    augment, compress, cost, cures, inside, meaning, memory, mend, models,
    restore, translate, variety,
};

/// The experiments of chapter 11.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&models::EXPERIMENT)?;
    lab.run(&augment::EXPERIMENT)?;
    lab.run(&restore::EXPERIMENT)?;
    lab.run(&mend::EXPERIMENT)?;
    lab.run(&translate::EXPERIMENT)?;
    lab.run(&compress::EXPERIMENT)?;
    lab.run(&variety::EXPERIMENT)?;
    lab.run(&meaning::EXPERIMENT)?;
    lab.run(&inside::EXPERIMENT)?;
    lab.run(&memory::EXPERIMENT)?;
    lab.run(&cures::EXPERIMENT)?;
    lab.run(&cost::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
