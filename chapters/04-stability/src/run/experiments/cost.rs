//! What a step of training costs with each cure, and without any.

use std::time::Instant;

use judge::training_digits;
use lab::{Cost, Experiment, Lab, Within};

use super::{cures, digits_cures};
use crate::digits::{pair, sizes};
use crate::pair::Pair;
use crate::run::task::{Pairs, Task};

pub const EXPERIMENT: Experiment = Experiment {
    name: "cost",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims: Vec::new,
};

/// Rounds in which all cases take turns.
const ROUNDS: usize = 5;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = &Task::ring(lab)?;
    let width = lab.by_scale(16, 64, 128);
    let of_ring = cures::CASES.map(|(name, _)| {
        let (config, group) = cures::case(name);
        let pairs = Pairs { task, config, width, seeds: 1, group };
        (name, pairs.pair(lab.seed()))
    });
    time(lab, "ring", of_ring.into(), lab.by_scale(1, 80, 80))?;
    let train = training_digits(lab)?;
    let of_digits = digits_cures::CASES.map(|name| {
        let (config, sizes) = digits_cures::case(name, sizes(lab));
        Ok((name, pair(config, sizes, lab.seed(), &train)?))
    });
    let of_digits =
        of_digits.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    time(lab, "digits", of_digits, lab.by_scale(1, 12, 12))
}

/// The median over rounds of the milliseconds a step, and of how many times as long it is as the first case's.
fn time(
    lab: &mut Lab,
    of: &str,
    mut cases: Vec<(&str, Pair)>,
    steps: usize,
) -> anyhow::Result<()> {
    let mut rounds = vec![Vec::new(); cases.len()];
    for _ in 0..ROUNDS {
        for (n, (_, pair)) in cases.iter_mut().enumerate() {
            let start = Instant::now();
            for _ in 0..steps {
                pair.train_once()?;
            }
            let each = start.elapsed().as_secs_f64() / steps as f64;
            rounds[n].push(1e3 * each);
        }
    }
    let first = rounds[0].clone();
    for ((name, _), times) in cases.iter().zip(rounds) {
        let ratios = times.iter().zip(&first).map(|(t, first)| t / first);
        let ratio = median(ratios.collect());
        let named = format!("cost_{of}_{name}");
        let milliseconds = format!("{named}_ms");
        lab.result(&milliseconds, median(times), Within::Timing)?;
        lab.result(&named, ratio, Within::Timing)?;
    }
    Ok(())
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
