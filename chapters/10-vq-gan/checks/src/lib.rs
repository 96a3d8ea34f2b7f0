//! The checks of this chapter's exercises: the exercise's function once more, with every slip as a switch.

#![allow(missing_docs)] // a check is called what its exercise is called

use std::ops::Range;

use lab::as_if::{
    Is, Mistakes, Tap, judged, number_through, through as tapped, two_alike,
};
use lab::judging::{Exercise, Out, in_place_of, none, number, one};
use lab::{Diagnosis, mistakes, rng_at};
use ndarray::{Array2, ArrayD, Dimension, arr0, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use vq_gan::plain; // `causes` finds both here
use vq_vae::rate as choice;

#[path = "../../src/run/experiments/logged/causes.rs"]
pub mod causes;
mod critics;
mod diagnosing;
mod foreseeing;
#[path = "../../src/run/experiments/heard/causes.rs"]
pub mod heard;
mod layout;
mod leaning;
mod stepping;
mod unheard;
mod weighing;
mod wishing;

pub use causes::Cause;
pub use critics::{perceptual_backward, perceptual_distance};
pub use diagnosing::diagnose;
pub use foreseeing::{Foreseen, Why, fades};
pub use heard::Cause as Unheard;
pub use layout::{Window, sees, space_to_depth};
pub use leaning::{Leant, Reason, leans};
pub use stepping::{Players, Rules, Terms, d_gradient, train_step};
pub use unheard::diagnose_wish;
pub use weighing::adaptive_weight;
pub use wishing::{Known, Taught, draw_wish};

/// Slips of all exercises that cannot be told from right or from one another.
pub fn all_alike() -> Vec<[&'static str; 2]> {
    [
        layout::alike(),
        critics::alike(),
        weighing::alike(),
        stepping::alike(),
        wishing::alike(),
    ]
    .concat()
}

/// Makes every two mistakes of each exercise at once, as a check does when none alone explains an answer; nothing may stop.
pub fn all_together() {
    layout::together();
    critics::together();
    weighing::together();
    stepping::together();
    wishing::together();
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

/// Normal numbers with a row of zeros and, of more than two, two that are equal.
fn rows(rows: usize, columns: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(10, stream);
    let mut x = Array2::random_using((rows, columns), StandardNormal, rng);
    if rows > 1 {
        x.row_mut(0).fill(0.0);
    }
    if rows > 2 {
        let same = x.row(1).to_owned();
        x.row_mut(2).assign(&same);
    }
    x
}

/// Without the list of values on the way, where there are none, or too many.
fn without_steps(mut told: Diagnosis) -> Diagnosis {
    if let Some(at) = told.what.find(" the steps are: ") {
        let from = told.what[..at].rfind(" With ").unwrap_or(at);
        told.what.truncate(from);
    }
    told
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
