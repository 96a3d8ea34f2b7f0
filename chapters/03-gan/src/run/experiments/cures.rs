//! One pair without any help, and what each of several cures does for it.

use gradients::plain::AdamConfig;
use lab::{Axis, Cost, Experiment, Lab, Measurements, Plot, Within};

use super::course::{EARLY, LOOKS, SEEDS, note};
use super::cures_claims;
use crate::plain::{Game, Penalties};
use crate::run::task::{Pairs, Task, belief};
use crate::training::{Config, Noise, Players};

pub const EXPERIMENT: Experiment = Experiment {
    name: "cures",
    cost: Cost::Minutes,
    measure,
    figures: &[("cures", draw)],
    claims: cures_claims::claims,
};

/// Name and label.
pub const CASES: [(&str, &str); 7] = [
    ("none", "no cure"),
    ("saturating", "saturating"),
    ("k", "k = 5"),
    ("packing", "packing, 2"),
    ("relativistic", "relativistic"),
    ("r1", "R1"),
    ("all", "all but k"),
];

fn case(name: &str) -> Config {
    let adam = AdamConfig { lr: 1e-3, beta1: 0.5, ..AdamConfig::default() };
    let (batch, noise) = (128, Noise::normal(2));
    let plain =
        Config { batch, noise, g: adam, d: adam, ..Config::default() };
    let game = Game::Relativistic;
    let both = Penalties { real: 0.1, fake: 0.1 };
    let penalties = Penalties { fake: 0.0, ..both };
    match name {
        "saturating" => Config { game: Game::Saturating, ..plain },
        "k" => Config { k: 5, ..plain },
        "packing" => Config { pack: 2, ..plain },
        "relativistic" => Config { game, ..plain },
        "r1" => Config { penalties, ..plain },
        "all" => Config { game, pack: 2, penalties: both, ..plain },
        _ => plain,
    }
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = &Task::ring(lab)?;
    let steps: u64 = lab.by_scale(30, 3000, 10_000);
    let milestones: Vec<u64> =
        (0..=LOOKS).map(|n| n * steps / LOOKS).collect();
    lab.column("step", milestones.iter().map(|step| *step as f64))?;
    for (name, _) in CASES {
        let config = case(name);
        let width = lab.by_scale(16, 64, 128);
        let pairs = Pairs { task, config, width, seeds: SEEDS };
        let see = |gan: &dyn Players| {
            let mean = task.judge(&gan.mean(), config.noise);
            let last = task.judge(&gan.g(), config.noise);
            vec![mean.modes as f32, last.modes as f32, belief(gan)]
        };
        let run = format!("cure-{name}");
        let runs = pairs.train(lab, &run, &milestones, see)?;
        note(lab, name, &runs)?;
    }
    for (name, number) in [
        ("cure_steps", steps),
        ("cure_seeds", SEEDS as u64),
        ("cure_early", milestones[EARLY]),
    ] {
        lab.result(name, number as f64, Within::Exactly)?;
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step of the generator", Axis::Linear)
        .y("modes found, mean over seeds", Axis::Linear)
        .y_range(0.0, 8.6);
    for (name, label) in CASES {
        // There are six colours; the seventh curve takes the first again.
        plot = match name {
            "all" => plot.dashed(label, of.curve("step", name)?),
            _ => plot.line(label, of.curve("step", name)?),
        };
    }
    plot.horizontal("", 8.0).svg()
}
