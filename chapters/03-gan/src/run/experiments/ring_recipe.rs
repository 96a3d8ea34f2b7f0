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
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, SEEDS);
    vec![(
        "placeholder_ring",
        less("ring_no_signs_high_quality", "ring_high_quality"),
    )]
}
