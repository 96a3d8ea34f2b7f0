//! The experiments of chapter 0.

pub mod experiments;
pub mod ledger;

use lab::{Cost, Lab};

use experiments::{
    activations, backward_pass, digits, extremes, finite_differences,
    initialisation, one_step, optimisers, parity, sweep, unscaled,
    went_wrong, zero_start,
};

/// The experiments of chapter 0.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&sweep::EXPERIMENT)?;
    lab.run(&backward_pass::EXPERIMENT)?;
    lab.run(&activations::EXPERIMENT)?;
    lab.run(&one_step::EXPERIMENT)?;
    lab.run(&extremes::EXPERIMENT)?;
    lab.run(&finite_differences::EXPERIMENT)?;
    lab.run(&initialisation::EXPERIMENT)?;
    lab.run(&optimisers::EXPERIMENT)?;
    lab.run(&parity::EXPERIMENT)?;
    lab.run(&digits::EXPERIMENT)?;
    lab.run(&zero_start::EXPERIMENT)?;
    lab.run(&unscaled::EXPERIMENT)?;
    lab.run(&went_wrong::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
