//! Exercise 4.6 (§ What averages do): a loop from the chapter's parts.
#![allow(unused_variables, unused_imports, clippy::todo)]

use stability::plain::{Game, alternating, average, norm};

/// Trains the pair, `[θ, ψ]`, in turn, for so many steps of size η, and
/// averages it: after each step the average keeps `decay` of itself. It
/// begins as the pair does. Returns the pair and its average.
pub fn train(
    game: Game,
    start: [f64; 2],
    steps: usize,
    eta: f64,
    decay: f64,
) -> [[f64; 2]; 2] {
    todo!(
        "Exercise 4.6 (§ What averages do): `alternating` and `average` do \
         the work. Who plays against whom, the pair or its average? And \
         what is averaged, the pair before the step or behind it?"
    )
}
