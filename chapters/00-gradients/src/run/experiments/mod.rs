//! The experiments of chapter 0, a file for each.

pub mod activations;
pub mod backward_pass;
pub mod causes;
pub mod digits;
pub mod extremes;
pub mod finite_differences;
pub mod initialisation;
pub mod one_step;
pub mod optimisers;
pub mod parity;
pub mod sweep;
pub mod unscaled;
pub mod went_wrong;
pub mod zero_start;

use datasets::{Digits, Split};
use lab::{ChaCha8Rng, Lab};

/// Seeds over which trained networks are compared.
const SEEDS: usize = 3;

/// The digits to learn from, and those that are kept back.
fn load(lab: &Lab) -> anyhow::Result<[Digits; 2]> {
    let [train, test] = [Split::Train, Split::Test]
        .map(|split| Digits::load_28x28(lab.data(), split));
    Ok([train?, test?])
}

/// The order of the batches and the source of the weights of one of several seeds, counted from 1.
fn of_seed(lab: &Lab, n: usize) -> (u64, ChaCha8Rng) {
    let rng = match n {
        1 => lab.rng("digits"),
        n => lab.rng(&format!("digits-{n}")),
    };
    (lab.seed().wrapping_add(n as u64 - 1), rng)
}

/// The steps of one pass over the digits, in batches of 128.
fn one_pass(lab: &Lab) -> u64 {
    lab.by_scale(20, 469, 469)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, |a, b| a.max(b.abs()))
}
