//! Draws of unseen digits, and what is recorded of them: a part of the experiment `few-images`.

use datasets::PixelRange;
use judge::Judge;
use judge::classifier::learnt_from;
use lab::{Lab, Within, rng_for};
use ndarray::{Array2, Axis};
use ndarray_rand::rand::seq::SliceRandom;

/// The kind of digit that is left out.
const LOST: u8 = 1;

/// What the judge sees in digits that neither it nor a generator has learnt from, and which digits these are.
pub fn unseen(lab: &Lab, judge: &Judge) -> (Array2<f64>, Vec<u8>) {
    let all = learnt_from(judge.train.len())..judge.train.len();
    let most = lab.by_scale(1000, 10_000, 10_000);
    let rows: Vec<usize> = all.take(most).collect();
    let labels = rows.iter().map(|row| judge.train.labels[*row]).collect();
    let x = judge.train.pixels(&rows, PixelRange::Unit); // [10000, 784]
    (judge.classifier.look(&x).features, labels)
}

/// Two sets of `n` rows that share none, and a third without one kind of digit. `[n, F]`
pub fn drawn(
    lab: &Lab,
    (seen, labels): (&Array2<f64>, &[u8]), // [10000, F], [10000]
    n: usize,
    draw: usize,
) -> [Array2<f64>; 3] {
    let rng = &mut rng_for(lab.seed(), &format!("few {n} {draw}"));
    let mut rows: Vec<usize> = (0..seen.nrows()).collect();
    rows.shuffle(rng);
    let (two, rest) = rows.split_at(2 * n);
    // Who gives their own data may have one kind of digit alone.
    let mut rest = rest.to_vec();
    rest.sort_by_key(|row| labels[*row] == LOST);
    let kept = rest.iter().filter(|row| labels[**row] != LOST);
    rest.truncate(kept.count().min(n).max(2));
    let of = |rows: &[usize]| seen.select(Axis(0), rows); // [n, F]
    [of(&two[..n]), of(&two[n..]), of(&rest)]
}

/// Records the mean over draws, their spread, and how many spreads the mean is off 0; gives the mean.
pub fn record(
    lab: &mut Lab,
    name: &str,
    found: &[f64],
    each: bool,
) -> anyhow::Result<f64> {
    let n = found.len() as f64;
    let mean = found.iter().sum::<f64>() / n;
    let squares = found.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    let spread = (squares / (n - 1.0)).sqrt();
    let within = Within::Absolute(0.3 * mean.abs().max(spread));
    if each {
        lab.over_seeds(name, found, within)?;
    } else {
        lab.result(name, mean, within)?;
        lab.result(&format!("{name}_sd"), spread, within)?;
    }
    let off = mean.abs() / spread.max(1e-12);
    lab.result(&format!("{name}_off"), off, Within::Absolute(0.5))?;
    Ok(mean)
}
