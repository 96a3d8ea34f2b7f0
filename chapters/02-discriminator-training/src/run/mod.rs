//! The experiments of chapter 2.

mod causes;
pub mod experiments;
pub mod ledger;

use lab::{Cost, Lab};

use crate::plain; // `causes`, which the tests read too, finds it here

use experiments::{
    article, blur, detach, k_steps, leak, mixtures, parity, smoothing,
    strong, two_batches, two_slopes, watched,
};

/// The experiments of chapter 2.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.run(&two_batches::EXPERIMENT)?;
    lab.run(&detach::EXPERIMENT)?;
    lab.run(&two_slopes::EXPERIMENT)?;
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&mixtures::EXPERIMENT)?;
    lab.run(&smoothing::EXPERIMENT)?;
    lab.run(&leak::EXPERIMENT)?;
    lab.run(&parity::EXPERIMENT)?;
    lab.run(&strong::EXPERIMENT)?;
    lab.run(&blur::EXPERIMENT)?;
    lab.run(&k_steps::EXPERIMENT)?;
    lab.run(&article::EXPERIMENT)?;
    lab.run(&watched::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
