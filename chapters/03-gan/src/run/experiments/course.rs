//! What the runs of a cure found on their way.

use lab::{Lab, Within};

use crate::run::task::{Run, means, record};

/// Every pair is trained from so many seeds.
pub const SEEDS: usize = 10;
/// A run is looked at so often on its way.
pub const LOOKS: u64 = 30;
/// At this look, a sixth of the way, all are compared.
pub const EARLY: usize = 5;

/// What the runs of a case found, how soon, and how sure the discriminator was of the fakes on the way.
pub fn note(lab: &mut Lab, name: &str, runs: &[Run]) -> anyhow::Result<()> {
    record(lab, &format!("cure_{name}"), &means(runs), 8)?;
    let of = |f: &dyn Fn(&Run) -> f64| runs.iter().map(f).collect::<Vec<_>>();
    let at =
        |run: &Run, n: usize, what: usize| f64::from(run.seen[n].1[what]);
    let beliefs = |run: &Run| {
        let after = run.seen[1..].iter().map(|(_, seen)| f64::from(seen[2]));
        after.sum::<f64>() / LOOKS as f64
    };
    let least = |run: &Run| {
        let after = run.seen[1..].iter().map(|(_, seen)| f64::from(seen[2]));
        after.fold(1.0, f64::min)
    };
    let (one, some) = (Within::Absolute(0.5), Within::Absolute(50.0));
    for (what, numbers, within) in [
        ("early", of(&|run| at(run, EARLY, 0)), one),
        ("all_from", of(&|run| all_from(run, 0)), some),
        ("last_modes", of(&|run| at(run, LOOKS as usize, 1)), one),
        ("last_all_from", of(&|run| all_from(run, 1)), some),
        ("d_of_fakes", of(&beliefs), Within::Absolute(0.05)),
        ("least_d_of_fakes", of(&least), Within::Absolute(0.1)),
    ] {
        lab.over_seeds(&format!("cure_{name}_{what}"), &numbers, within)?;
    }
    let mean = |n| of(&|run| at(run, n, 0)).iter().sum::<f64>();
    let curve = (0..=LOOKS as usize).map(|n| mean(n) / SEEDS as f64);
    lab.column(name, curve)
}

/// The first of the steps looked at from which on all 8 modes are found at every look; the last step, if there is none.
fn all_from(run: &Run, what: usize) -> f64 {
    let short = run.seen.iter().rposition(|(_, seen)| seen[what] < 8.0);
    let from = short.map_or(0, |n| n + 1).min(LOOKS as usize);
    run.seen[from].0 as f64
}
