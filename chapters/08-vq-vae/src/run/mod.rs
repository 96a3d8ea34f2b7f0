//! The experiments of chapter 8.

pub mod experiments;
pub mod ledger;
mod pictures;
mod quantizers;
mod setting;
mod short;

use lab::{Cost, Lab};

use experiments::{
    choices, digits, digits_dfdx, first_steps, gradient, ingredients, keras,
    ladder, quantizers as other, rate,
};

/// The experiments of chapter 8.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&first_steps::EXPERIMENT)?;
    lab.run(&digits::EXPERIMENT)?;
    lab.run(&digits_dfdx::EXPERIMENT)?;
    lab.run(&keras::EXPERIMENT)?;
    lab.run(&choices::EXPERIMENT)?;
    lab.run(&gradient::EXPERIMENT)?;
    lab.run(&ingredients::EXPERIMENT)?;
    lab.run(&rate::EXPERIMENT)?;
    lab.run(&ladder::EXPERIMENT)?;
    lab.run(&other::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
