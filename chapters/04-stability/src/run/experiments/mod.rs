//! The experiments of chapter 4, a file for each.

pub mod average;
pub mod cost;
pub mod critic;
pub mod cures;
pub mod cures_claims;
pub mod digits;
pub mod digits_claims;
pub mod digits_cures;
pub mod digits_cures_claims;
pub mod dots;
pub mod field;
pub mod first_steps;
pub mod growing;
pub mod growth;
pub mod leave_out;
pub mod leave_out_claims;
pub mod logged;
pub mod logistic;
pub mod modes;
pub mod momentum;
pub mod pushes;
pub mod spectral;
pub mod stable;
pub mod strong;
pub mod twice;
pub mod vanish;
pub mod window;

use crate::plain::{Game, Order, Score};

/// Where each run starts: the fake a unit from the datum, the logit flat.
const START: [f64; 2] = [1.0, 0.0];

/// The step size where nothing else is said.
const ETA: f64 = 0.1;

/// The two orders with their names.
const ORDERS: [(&str, Order); 2] = [
    ("simultaneous", Order::Simultaneous),
    ("alternating", Order::Alternating),
];

/// A game without R1.
fn bare(score: Score) -> Game {
    Game { score, gamma: 0.0 }
}

/// The pair at the start and after each of `steps` steps.
fn path(
    start: [f64; 2],
    steps: usize,
    step: impl Fn([f64; 2]) -> [f64; 2],
) -> Vec<[f64; 2]> {
    let next = |w: &[f64; 2]| Some(step(*w));
    std::iter::successors(Some(start), next).take(steps + 1).collect()
}
