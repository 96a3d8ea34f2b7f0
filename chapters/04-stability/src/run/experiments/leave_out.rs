//! The ring's recipe with one ingredient left out at a time, and the smallest that is left.

use gan::training::Noise;
use lab::{Cost, Experiment, Lab, Within};

use super::leave_out_claims;
use crate::pair::{Config, Game, Penalties};
use crate::run::task::{Pairs, Task, record};

pub const EXPERIMENT: Experiment = Experiment {
    name: "leave-out",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims: leave_out_claims::claims,
};

pub const SEEDS: usize = 5;

pub const CASES: [&str; 6] =
    ["signs", "penalties", "pairing", "cooling", "short_average", "smallest"];

/// The recipe without what is named.
fn without(name: &str, task: &Task) -> Config {
    let it = task.config();
    let penalties = |real, fake| Penalties { real, fake, between: 0.0 };
    match name {
        "signs" => Config { noise: Noise::normal(it.noise.width()), ..it },
        "penalties" => Config { penalties: penalties(0.0, 0.0), ..it },
        "pairing" => Config { game: Game::NonSaturating, ..it },
        "cooling" => Config { cool: None, anneal: false, ..it },
        "short_average" => Config { average: 0.999, ..it },
        "smallest" => Config {
            game: Game::NonSaturating,
            penalties: penalties(0.02, 0.0),
            ..it
        },
        _ => it,
    }
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = &Task::ring(lab)?;
    let width = lab.by_scale(16, 128, 128);
    for name in CASES {
        let config = without(name, task);
        let pairs = Pairs { task, config, width, seeds: SEEDS, group: None };
        let runs =
            pairs.train(lab, &format!("without-{name}"), task.steps)?;
        record(lab, &format!("without_{name}"), &runs, 8)?;
    }
    lab.result("without_seeds", SEEDS as f64, Within::Exactly)
}
