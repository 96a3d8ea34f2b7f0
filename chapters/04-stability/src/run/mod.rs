//! The experiments of chapter 4.

pub mod experiments;
pub mod ledger;

use lab::{Cost, Lab};

use experiments::{
    average, field, growth, logged, logistic, momentum, spectral, stable,
    strong,
};

/// The experiments of chapter 4.
///
/// # Errors
/// An experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&field::EXPERIMENT)?;
    lab.run(&growth::EXPERIMENT)?;
    lab.run(&stable::EXPERIMENT)?;
    lab.run(&strong::EXPERIMENT)?;
    lab.run(&logistic::EXPERIMENT)?;
    lab.run(&momentum::EXPERIMENT)?;
    lab.run(&average::EXPERIMENT)?;
    lab.run(&spectral::EXPERIMENT)?;
    lab.run(&logged::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
