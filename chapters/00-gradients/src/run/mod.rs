//! The experiments of chapter 0.

pub mod experiments;
pub mod ledger;

use lab::{Cost, Lab};

use experiments::{
    digits, extremes, finite_differences, initialisation, optimisers, parity,
    unscaled, zero_start,
};

/// The experiments of chapter 0.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&extremes::EXPERIMENT)?;
    lab.run(&finite_differences::EXPERIMENT)?;
    lab.run(&initialisation::EXPERIMENT)?;
    lab.run(&optimisers::EXPERIMENT)?;
    lab.run(&parity::EXPERIMENT)?;
    lab.run(&digits::EXPERIMENT)?;
    lab.run(&zero_start::EXPERIMENT)?;
    lab.run(&unscaled::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
