//! A penalty stronger than the step size bears, and the one that ends the linear game soonest.

use lab::{Claim, Cost, Experiment, Lab, Within};

use super::{START, path};
use crate::plain::{
    Game, Order, Score, norm, radius_of_two, simultaneous, step_matrix,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "strong",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

const ETA: f64 = 1.0;
const STRONG: f64 = 3.0;
const BEST: f64 = 2.0;
const STEPS: usize = 20;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let game = |gamma| Game { score: Score::Linear, gamma };
    let way =
        |gamma| path(START, STEPS, |w| simultaneous(game(gamma), w, ETA));
    let end = norm(way(STRONG)[STEPS]);
    lab.result("dirac_too_strong", end, Within::Relative(1e-9))?;
    lab.result("dirac_too_strong_gamma", STRONG, Within::Exactly)?;
    lab.result("dirac_too_strong_steps", STEPS as f64, Within::Exactly)?;
    let m = step_matrix(game(BEST), Order::Simultaneous, ETA);
    lab.result("dirac_best_radius", radius_of_two(&m), Within::Exactly)?;
    let two = norm(way(BEST)[2]);
    lab.result("dirac_best_after_two", two, Within::Exactly)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (strong, two) = ("dirac_too_strong", "dirac_best_after_two");
    vec![
        (
            "dirac_too_strong_a_penalty_leaves",
            Claim::times(100.0, 1.0, strong),
        ),
        ("dirac_the_best_ends_in_two", Claim::equal(0.0, two, 0.0, strong)),
    ]
}
