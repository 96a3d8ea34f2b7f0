//! The experiments of chapter 7.

#[expect(dead_code, reason = "what the check of exercise 7.13 alone uses")]
mod causes;
pub mod experiments;
pub mod ledger;
mod stack_ledger;
mod trial;
mod vae_ledger;
mod vae_trial;

use lab::{Cost, Lab};

use crate::{plain, quantizer, training}; // `causes`, which the tests read too, finds them here

use experiments::{
    autoencoders, batch, beta, collapse, constant, dead_codes, ema,
    ema_fixed, late, learning, levels, logged, losses, mismatched, parity,
    pulls, reduction, stacks, terms, usage, who_moves,
};

/// The experiments of chapter 7.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&constant::EXPERIMENT)?;
    lab.run(&collapse::EXPERIMENT)?;
    lab.run(&terms::EXPERIMENT)?;
    lab.run(&who_moves::EXPERIMENT)?;
    lab.run(&beta::EXPERIMENT)?;
    lab.run(&reduction::EXPERIMENT)?;
    lab.run(&learning::EXPERIMENT)?;
    lab.run(&ema_fixed::EXPERIMENT)?;
    lab.run(&ema::EXPERIMENT)?;
    lab.run(&mismatched::EXPERIMENT)?;
    lab.run(&dead_codes::EXPERIMENT)?;
    lab.run(&usage::EXPERIMENT)?;
    lab.run(&batch::EXPERIMENT)?;
    lab.run(&levels::EXPERIMENT)?;
    lab.run(&late::EXPERIMENT)?;
    lab.run(&autoencoders::EXPERIMENT)?;
    lab.run(&losses::EXPERIMENT)?;
    lab.run(&pulls::EXPERIMENT)?;
    lab.run(&stacks::EXPERIMENT)?;
    lab.run(&logged::EXPERIMENT)?;
    lab.run(&parity::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
