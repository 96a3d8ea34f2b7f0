//! The experiments of chapter 3.

mod digits;
pub mod ledger;
mod modes;
mod rooms;
mod switches;

use lab::{Cost, Lab};
use rayon::prelude::*;

use self::modes::Task;

/// The experiments of chapter 3.
///
/// # Errors
/// An experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, rooms::compare_everything)?;
    lab.experiment("first steps", Cost::Seconds, rooms::first_steps)?;
    lab.experiment("switches", Cost::Minutes, switches::switches)?;
    lab.experiment("ring", Cost::Minutes, |lab| {
        let task = Task::ring(lab)?;
        modes::several_seeds(lab, &task)
    })?;
    lab.experiment("grid", Cost::Minutes, |lab| {
        let task = Task::grid(lab);
        modes::several_seeds(lab, &task)
    })?;
    lab.experiment("cures", Cost::Minutes, modes::cures)?;
    lab.experiment("digits", Cost::Minutes, digits::everything)?;
    lab.experiment("digits-dfdx", Cost::Asked, digits::on_dfdx)?;
    Ok(())
}

/// Does one job for each seed, one a thread, and gives the results in order.
fn for_each_seed<T: Send>(
    seeds: &[u64],
    job: impl Fn(u64) -> anyhow::Result<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    seeds.par_iter().with_max_len(1).map(|seed| job(*seed)).collect()
}
