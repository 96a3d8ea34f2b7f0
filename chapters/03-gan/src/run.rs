//! The experiments of chapter 3.

mod digits;
mod modes;
mod rooms;
mod switches;

use std::sync::Mutex;

use anyhow::anyhow;
use lab::{Cost, Lab};

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
    lab.experiment("digits", Cost::Minutes, |lab| {
        let court = digits::court(lab)?;
        digits::floor_and_ceiling(lab, &court)?;
        digits::digits(lab, &court)?;
        digits::article(lab, &court)
    })?;
    Ok(())
}

/// Does one job for each seed, two at a time, and gives the results in order.
fn in_pairs<T: Send>(
    seeds: &[u64],
    job: impl Fn(u64) -> anyhow::Result<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    let next = Mutex::new(seeds.iter().copied().enumerate());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let taken = next.lock().map(|mut n| n.next());
                    let Ok(Some((n, seed))) = taken else { break };
                    let outcome = job(seed);
                    if let Ok(mut done) = done.lock() {
                        done.push((n, outcome));
                    }
                }
            });
        }
    });
    let mut done =
        done.into_inner().map_err(|_| anyhow!("a run panicked"))?;
    done.sort_by_key(|(n, _)| *n);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}
