//! The experiments of chapter 6.

pub mod experiments;
pub mod ledger;

use lab::{Cost, Lab};

use experiments::{
    around, astray, difference, equal, field, gumbel, hover, patches, plane,
    rotation, score, stairs, stop, uphill, ways,
};

/// The experiments of chapter 6.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.run(&around::EXPERIMENT)?;
    lab.run(&stop::EXPERIMENT)?;
    lab.run(&ways::EXPERIMENT)?;
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.run(&difference::EXPERIMENT)?;
    lab.run(&equal::EXPERIMENT)?;
    lab.run(&stairs::EXPERIMENT)?;
    lab.run(&score::EXPERIMENT)?;
    lab.run(&field::EXPERIMENT)?;
    lab.run(&uphill::EXPERIMENT)?;
    lab.run(&hover::EXPERIMENT)?;
    lab.run(&plane::EXPERIMENT)?;
    lab.run(&astray::EXPERIMENT)?;
    lab.run(&gumbel::EXPERIMENT)?;
    lab.run(&rotation::EXPERIMENT)?;
    lab.run(&patches::EXPERIMENT)
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}
