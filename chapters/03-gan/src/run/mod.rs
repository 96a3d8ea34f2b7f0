//! The experiments of chapter 3.

mod drawn;
pub mod experiments;
pub mod ledger;
mod task;

use lab::{Cost, Lab};

use experiments::{
    cures, digits, digits_dfdx, digits_recipe, first_steps, grid, ring,
    ring_recipe, switches,
};

/// The experiments of chapter 3.
///
/// # Errors
/// An experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&first_steps::EXPERIMENT)?;
    lab.run(&switches::EXPERIMENT)?;
    lab.run(&ring::EXPERIMENT)?;
    lab.run(&ring_recipe::EXPERIMENT)?;
    lab.run(&grid::EXPERIMENT)?;
    lab.run(&cures::EXPERIMENT)?;
    lab.run(&digits::EXPERIMENT)?;
    lab.run(&digits_recipe::EXPERIMENT)?;
    lab.run(&digits_dfdx::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
