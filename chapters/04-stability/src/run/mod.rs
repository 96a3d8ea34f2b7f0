//! The experiments of chapter 4.

pub mod critics;
pub mod experiments;
pub mod ledger;
pub mod task;

use lab::{Cost, Lab};

use experiments::{
    average, cost, critic, cures, digits, digits_cures, field, first_steps,
    growing, growth, leave_out, logged, logistic, modes, momentum, pushes,
    spectral, stable, strong, twice, vanish, window,
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
    lab.run(&vanish::EXPERIMENT)?;
    lab.run(&critic::EXPERIMENT)?;
    lab.run(&pushes::EXPERIMENT)?;
    lab.run(&logged::EXPERIMENT)?;
    lab.run(&first_steps::EXPERIMENT)?;
    lab.run(&cures::EXPERIMENT)?;
    lab.run(&modes::RING)?;
    lab.run(&leave_out::EXPERIMENT)?;
    lab.run(&modes::GRID)?;
    lab.run(&twice::EXPERIMENT)?;
    lab.run(&window::EXPERIMENT)?;
    lab.run(&growing::EXPERIMENT)?;
    lab.run(&digits_cures::EXPERIMENT)?;
    lab.run(&digits::EXPERIMENT)?;
    lab.run(&cost::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
