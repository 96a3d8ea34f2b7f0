//! The ring's recipe with one ingredient left out, at the same length and from the same seeds.

use lab::{Claim, Cost, Experiment, Lab};

use super::film::SEEDS;
use crate::plain::{Game, Penalties};
use crate::run::task::{Pairs, Task, lasts, means, record, record_reach};
use crate::training::{Config, Noise};

pub const EXPERIMENT: Experiment = Experiment {
    name: "ring-recipe",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

/// All but the averaging: that is left out of each by judging the last generator as well.
fn cases(recipe: Config) -> [(&'static str, Config); 4] {
    let none = Penalties { real: 0.0, fake: 0.0 };
    let normals = Noise::normal(recipe.noise.width());
    let game = Game::NonSaturating;
    [
        ("no_signs", Config { noise: normals, ..recipe }),
        ("no_penalties", Config { penalties: none, ..recipe }),
        ("no_pairs", Config { game, ..recipe }),
        ("no_cooling", Config { cool: None, anneal: false, ..recipe }),
    ]
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = &Task::ring(lab)?;
    let width = lab.by_scale(16, 128, 128);
    for (name, config) in cases(task.config()) {
        let pairs = Pairs { task, config, width, seeds: SEEDS };
        let steps = [task.steps()];
        let name = format!("ring_{name}");
        let runs = pairs.train(lab, &name, &steps, |_| Vec::new())?;
        record(lab, &name, &means(&runs), 8)?;
        record_reach(lab, &name, &means(&runs))?;
        record(lab, &format!("{name}_last"), &lasts(&runs), 8)?;
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let good = |case: &str| format!("{case}_high_quality");
    let less = |a: String, b: String| Claim::less_over_seeds(&a, &b, SEEDS);
    let undecided =
        |case| Claim::undecided(&good(case), &good("ring"), SEEDS);
    let far = lab::over_seeds("ring_no_signs_farthest", SEEDS);
    vec![
        ("the_signs_decide", less(good("ring_no_signs"), good("ring"))),
        ("bridges_are_crossed", Claim::all_above(far, 50.0)),
        (
            "one_run_is_lost",
            Claim::less("ring_no_penalties_high_quality@2", 0.0002),
        ),
        (
            "the_other_four_are_whole",
            Claim::all_above(
                [1, 3, 4, 5].map(|seed| {
                    format!("ring_no_penalties_high_quality@{seed}")
                }),
                0.99,
            ),
        ),
        ("penalties_are_not_told", undecided("ring_no_penalties")),
        ("pairs_are_not_told", undecided("ring_no_pairs")),
        ("cooling_is_not_told", undecided("ring_no_cooling")),
        (
            "cooling_costs_width",
            less("ring_width".into(), "ring_no_cooling_width".into()),
        ),
        (
            "signs_cost_width",
            less("ring_width".into(), "ring_no_signs_width".into()),
        ),
        (
            "averaging_costs_on_bridges",
            less(good("ring_no_signs"), good("ring_no_signs_last")),
        ),
        (
            "averaging_helps_in_motion",
            less(good("ring_no_cooling_last"), good("ring_no_cooling")),
        ),
    ]
}
