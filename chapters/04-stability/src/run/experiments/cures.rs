//! A bare pair on the ring and on the grid, and what each of many cures does for it.

use gan::training::Noise;
use gradients::plain::AdamConfig;
use lab::{Cost, Experiment, Lab, Measurements, Within};

use super::{cures_claims, dots};
use crate::pair::{Config, Game, Penalties};
use crate::run::task::{Pairs, Run, Task, record};

pub const EXPERIMENT: Experiment = Experiment {
    name: "cures",
    cost: Cost::Minutes,
    measure,
    figures: &[("cures", draw)],
    claims: cures_claims::claims,
};

pub const SEEDS: usize = 5;

/// Name and label.
pub const CASES: [(&str, &str); 17] = [
    ("none", "no cure"),
    ("saturating", "saturating"),
    ("least_squares", "least squares"),
    ("hinge", "hinge"),
    ("r1", "R1"),
    ("r2", "R2"),
    ("both", "R1 and R2"),
    ("relativistic", "pairing"),
    ("packing", "packing, 2"),
    ("deviation", "deviation"),
    ("ttur", "D four times as fast"),
    ("k", "five steps of D"),
    ("spectral", "spectral norm"),
    ("penalty", "WGAN-GP"),
    ("clip", "WGAN, clipped"),
    ("instance", "instance noise"),
    ("signs", "sign noise"),
];

pub fn case(name: &str) -> (Config, Option<usize>) {
    let adam = AdamConfig { lr: 1e-3, beta1: 0.5, ..AdamConfig::default() };
    let it = Config {
        batch: 128,
        noise: Noise::normal(12),
        g: adam,
        d: adam,
        ..Config::default()
    };
    let penalties = |real, fake, between| Penalties { real, fake, between };
    let game = |game| Config { game, ..it };
    let config = match name {
        "saturating" => game(Game::Saturating),
        "least_squares" => game(Game::LeastSquares),
        "hinge" => game(Game::Hinge),
        "r1" => Config { penalties: penalties(0.1, 0.0, 0.0), ..it },
        "r2" => Config { penalties: penalties(0.0, 0.1, 0.0), ..it },
        "both" => Config { penalties: penalties(0.1, 0.1, 0.0), ..it },
        "relativistic" => game(Game::Relativistic),
        "packing" => Config { pack: 2, ..it },
        "ttur" => Config { d: AdamConfig { lr: 4e-3, ..adam }, ..it },
        "k" => Config { k: 5, ..it },
        "spectral" => Config { spectral: true, ..it },
        "penalty" => Config {
            penalties: penalties(0.0, 0.0, 10.0),
            k: 5,
            ..game(Game::Wasserstein)
        },
        "clip" => Config { clip: Some(0.1), k: 5, ..game(Game::Wasserstein) },
        "instance" => Config { instance_noise: 0.1, ..it },
        "signs" => Config { noise: Noise { signs: 6, normals: 6 }, ..it },
        _ => it,
    };
    (config, (name == "deviation").then_some(16))
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let tasks = [(Task::ring(lab)?, 3000), (Task::grid(lab), 6000)];
    for (task, page) in &tasks {
        let steps: u64 = lab.by_scale(20, *page, 4 * page);
        let width = lab.by_scale(16, 64, 128);
        for (name, _) in CASES {
            let (config, group) = case(name);
            let pairs = Pairs { task, config, width, seeds: SEEDS, group };
            let run = format!("{}-{name}", task.name);
            let runs = pairs.train(lab, &run, steps)?;
            let named = format!("{}_{name}", task.name);
            record(lab, &named, &runs, task.data.means().nrows())?;
            let of = |f: fn(&Run) -> f64| runs.iter().map(f);
            lab.column(&named, of(|run| run.mean.modes))?;
        }
        let named = format!("{}_cure_steps", task.name);
        lab.result(&named, steps as f64, Within::Exactly)?;
    }
    lab.result("cure_seeds", SEEDS as f64, Within::Exactly)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    dots::draw(of, &CASES.map(|(name, _)| name))
}
