//! Penalties in the linear game: one stronger than the step size bears, the one that ends it soonest, and what momentum
//! asks for.

use lab::{Claim, Cost, Experiment, Lab, Within};

use super::momentum::WHOLE;
use super::{START, path};
use crate::plain::{
    Game, Order, Score, heavy_ball, matrix_of, norm, radius_of_two,
    simultaneous, spectral_radius, step_matrix,
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
    lab.result("dirac_best_after_two", two, Within::Exactly)?;
    for gamma in [0.5, 2.0] {
        for beta in [0.5, 0.9] {
            let eta = WHOLE * (1.0 - beta);
            let (order, pace) = (Order::Alternating, (eta, beta));
            let step = |w| heavy_ball(game(gamma), order, w, pace);
            let radius = spectral_radius(&matrix_of(step));
            let name = format!("dirac_radius_r1_{gamma}_{beta}");
            lab.result(&name, radius, Within::Relative(1e-9))?;
        }
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (strong, two) = ("dirac_too_strong", "dirac_best_after_two");
    vec![
        (
            "dirac_too_strong_a_penalty_leaves",
            Claim::times(100.0, 1.0, strong),
        ),
        ("dirac_the_best_ends_in_two", Claim::equal(0.0, two, 0.0, strong)),
        (
            "dirac_momentum_asks_for_more",
            Claim::Rises(vec![
                "dirac_radius_r1_0.5_0.5".into(),
                1.0.into(),
                "dirac_radius_r1_0.5_0.9".into(),
            ]),
        ),
        ("dirac_more_settles_it", Claim::less("dirac_radius_r1_2_0.9", 1.0)),
    ]
}
