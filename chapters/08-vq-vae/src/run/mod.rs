//! The experiments of chapter 8.

mod digits;
pub mod ledger;
mod pictures;
mod rooms;
mod sweeps;

use lab::{Cost, Lab};

/// The experiments of chapter 8.
///
/// # Errors
/// An experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, rooms::compare_everything)?;
    lab.experiment("first steps", Cost::Seconds, rooms::first_steps)?;
    lab.experiment("digits", Cost::Minutes, digits::digits)?;
    lab.experiment("digits-dfdx", Cost::Asked, digits::digits_on_dfdx)?;
    lab.experiment("table", Cost::Minutes, sweeps::table)?;
    lab.experiment("rate", Cost::Minutes, sweeps::rate)?;
    Ok(())
}
