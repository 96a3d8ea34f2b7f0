//! The experiments of chapter 11.

mod conditional_ledger;
mod costs;
mod codecs;
mod coders;
pub mod experiments;
mod given;
pub mod ledger;
mod sheets;
mod systems;
pub mod translate_ledger;

use lab::{Cost, Lab};

use experiments::{
    augment, cost, meaning, memory, models, restore, translate, variety,
};
use experiments::{compress, meaning, memory, restore};
use experiments::{cures, meaning, memory, restore};

/// The experiments of chapter 11.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&models::EXPERIMENT)?;
    lab.run(&restore::EXPERIMENT)?;
    lab.run(&meaning::EXPERIMENT)?;
    lab.run(&memory::EXPERIMENT)?;
    lab.run(&augment::EXPERIMENT)?;
    lab.run(&translate::EXPERIMENT)?;
    lab.run(&variety::EXPERIMENT)?;
    lab.run(&cost::EXPERIMENT)
    lab.run(&compress::EXPERIMENT)
    lab.run(&cures::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
