//! The experiments of chapter 9.

mod coded;
pub mod experiments;
mod generator;
mod given;
mod learnt;
pub mod ledger;
mod world;

use lab::{Cost, Lab};

use experiments::{
    block, coder, draw, draw_dfdx, kernels, mask, parity, pixelcnn, rates,
    root, sees, switches, wrong,
};

/// The experiments of chapter 9.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&parity::EXPERIMENT)?;
    lab.run(&sees::EXPERIMENT)?;
    lab.run(&block::EXPERIMENT)?;
    lab.run(&coder::EXPERIMENT)?;
    lab.run(&kernels::EXPERIMENT)?;
    lab.run(&wrong::EXPERIMENT)?;
    lab.run(&mask::EXPERIMENT)?;
    lab.run(&root::EXPERIMENT)?;
    lab.run(&switches::EXPERIMENT)?;
    lab.run(&draw::EXPERIMENT)?;
    lab.run(&pixelcnn::EXPERIMENT)?;
    lab.run(&rates::EXPERIMENT)?;
    lab.run(&draw_dfdx::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
