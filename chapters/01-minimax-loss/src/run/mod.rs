//! The experiments of chapter 1.

pub mod experiments;
pub mod ledger;

use lab::{Cost, Lab};

use experiments::{
    climb, dropped, ending, gradient, logits, players, pushes, race,
    separation, share, spoilt, tails, wrong_sign,
};

/// The experiments of chapter 1.
///
/// # Errors
/// An experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&players::EXPERIMENT)?;
    lab.run(&share::EXPERIMENT)?;
    lab.run(&pushes::EXPERIMENT)?;
    lab.run(&separation::EXPERIMENT)?;
    lab.run(&climb::EXPERIMENT)?;
    lab.run(&tails::EXPERIMENT)?;
    lab.run(&dropped::EXPERIMENT)?;
    lab.run(&gradient::EXPERIMENT)?;
    lab.run(&race::EXPERIMENT)?;
    lab.run(&ending::EXPERIMENT)?;
    lab.run(&logits::EXPERIMENT)?;
    lab.run(&wrong_sign::EXPERIMENT)?;
    lab.run(&spoilt::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
