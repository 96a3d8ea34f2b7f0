//! The experiments of chapter 3.

mod drawn;
pub mod experiments;
pub mod kid;
pub mod ledger;
mod task;

use lab::{Cost, Lab};

use experiments::{
    arrows, collapse, digits, digits_dfdx, features, few, first_steps, noise,
    passing, pictured, ring, switches, turns,
};

/// The experiments of chapter 3.
///
/// # Errors
/// An experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.run(&turns::EXPERIMENT)?;
    lab.run(&passing::EXPERIMENT)?;
    lab.run(&features::EXPERIMENT)?;
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&first_steps::EXPERIMENT)?;
    lab.run(&ring::EXPERIMENT)?;
    lab.run(&arrows::EXPERIMENT)?;
    lab.run(&collapse::EXPERIMENT)?;
    lab.run(&noise::EXPERIMENT)?;
    lab.run(&digits::EXPERIMENT)?;
    lab.run(&few::EXPERIMENT)?;
    lab.run(&switches::EXPERIMENT)?;
    lab.run(&pictured::EXPERIMENT)?;
    lab.run(&digits_dfdx::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
