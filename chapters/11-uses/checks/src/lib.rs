//! The checks of this chapter's exercises: the exercise's function once more, with every slip as a switch.

#![allow(missing_docs)] // a check is called what its exercise is called

use lab::as_if::{
    Is, Mistakes, Tap, judged, number_through, through as tapped, two_alike,
};
use lab::judging::{Exercise, Out, in_place_of, none, number, one, two};
use lab::{Diagnosis, mistakes, rng_at};
use ndarray::{Array1, Array2, ArrayD, Axis, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

pub mod causes;
mod crossing;
mod diagnosing;
mod foreseeing;
mod membership;
mod planting;
mod searching;
mod trusting;

pub use causes::Cause;
pub use crossing::{trip, trips};
pub use diagnosing::diagnose_restored;
pub use foreseeing::{Foreseen, Why, weighs};
pub use membership::auc;
pub use planting::{duplicates, planted};
pub use searching::search;
pub use trusting::guess;

/// Slips of all exercises that cannot be told from right or from one another.
pub fn all_alike() -> Vec<[&'static str; 2]> {
    [
        searching::alike(),
        membership::alike(),
        planting::alike(),
        trusting::alike(),
        crossing::alike(),
    ]
    .concat()
}

/// Makes every two mistakes of each exercise at once, as a check does when none alone explains an answer; nothing may stop.
pub fn all_together() {
    searching::together();
    membership::together();
    planting::together();
    trusting::together();
    crossing::together();
}

fn made_together<I>(
    with: lab::as_if::With<I>,
    known: &[lab::Slip],
    inputs: &[(&str, I)],
) {
    for (n, a) in known.iter().enumerate() {
        for b in &known[..n] {
            let is = |name: &str| name == a.name || name == b.name;
            for (_, input) in inputs {
                with(input, &is, &let_through);
            }
        }
    }
}

/// Normal numbers.
fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(11, stream);
    Array2::random_using((rows, columns), StandardNormal, rng)
}

fn no_slip(_: &str) -> bool {
    false
}

fn let_through(_: &'static str, value: ArrayD<f64>) -> ArrayD<f64> {
    value
}

/// What a function gives without any slip.
fn rightly<I>(with: lab::as_if::With<I>, input: &I) -> Out {
    with(input, &no_slip, &let_through)
}
