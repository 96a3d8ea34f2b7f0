//! The experiments of chapter 8.

pub mod experiments;
pub mod ledger;
mod pictures;
mod quantizers;
mod setting;
mod short;

use lab::{Cost, Lab};

use experiments::{
    choices, dear, depth, digits, digits_dfdx, first_steps, gradient,
    ingredients, interval, keras, ladder, logged, pipeline,
    quantizers as other, rate, two_halves, unrolled,
};

/// The experiments of chapter 8.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&pipeline::EXPERIMENT)?;
    lab.run(&depth::EXPERIMENT)?;
    lab.run(&unrolled::EXPERIMENT)?;
    lab.run(&two_halves::EXPERIMENT)?;
    lab.run(&interval::EXPERIMENT)?;
    lab.run(&dear::EXPERIMENT)?;
    lab.run(&first_steps::EXPERIMENT)?;
    lab.run(&digits::EXPERIMENT)?;
    lab.run(&digits_dfdx::EXPERIMENT)?;
    lab.run(&keras::EXPERIMENT)?;
    lab.run(&choices::EXPERIMENT)?;
    lab.run(&gradient::EXPERIMENT)?;
    lab.run(&ingredients::EXPERIMENT)?;
    lab.run(&rate::EXPERIMENT)?;
    lab.run(&ladder::EXPERIMENT)?;
    lab.run(&other::EXPERIMENT)?;
    lab.run(&logged::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
