//! The experiments of chapter 10.

pub mod experiments;
mod pictures;
mod setting;

use lab::Lab;

use experiments::{contrast, emoji, ends, parts, trade};

/// The experiments of chapter 10.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.run(&parts::EXPERIMENT)?;
    lab.run(&contrast::EXPERIMENT)?;
    lab.run(&ends::EXPERIMENT)?;
    lab.run(&emoji::EXPERIMENT)?;
    lab.run(&trade::EXPERIMENT)
}
