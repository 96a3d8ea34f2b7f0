//! The experiments of chapter 10.

pub mod experiments;
pub mod ledger;
mod pictures;
mod setting;
mod wished;

use lab::{Cost, Lab};

pub use pictures::push_rows;

use experiments::{
    contrast, emoji, ends, heard, logged, parts, spoilt, trade, wish,
};

/// The experiments of chapter 10.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&parts::EXPERIMENT)?;
    lab.run(&contrast::EXPERIMENT)?;
    lab.run(&ends::EXPERIMENT)?;
    lab.run(&emoji::EXPERIMENT)?;
    lab.run(&trade::EXPERIMENT)?;
    lab.run(&wish::EXPERIMENT)?;
    lab.run(&spoilt::EXPERIMENT)?;
    lab.run(&heard::EXPERIMENT)?;
    lab.run(&logged::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
