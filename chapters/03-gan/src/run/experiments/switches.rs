//! What goes wrong, each behind one switch of a configuration that works.

use gradients::plain::AdamConfig;
use lab::{Axis, Cost, Experiment, Lab, Measurements, Plot, Within};

use super::switches_claims;
use crate::plain::{Game, Penalties};
use crate::run::task::{Pairs, Task, belief, lasts, record};
use crate::training::{Config, Noise};

pub const EXPERIMENT: Experiment = Experiment {
    name: "switches",
    cost: Cost::Minutes,
    measure,
    figures: &[("switches", draw)],
    claims: switches_claims::claims,
};

pub const SEEDS: usize = 10;

/// The first works, the next five have one switch turned, the last three more than one.
const CASES: [&str; 9] = [
    "working",
    "no_penalty",
    "saturating",
    "strong_d",
    "fast_g",
    "no_detach",
    "strong_and_free",
    "starved",
    "fast_and_free",
];

fn case(name: &str) -> Config {
    let adam = AdamConfig { lr: 2e-3, beta1: 0.5, ..AdamConfig::default() };
    let working = Config {
        batch: 64,
        noise: Noise::normal(2),
        penalties: Penalties { real: 0.1, fake: 0.1 },
        every: 2,
        g: adam,
        d: adam,
        ..Config::default()
    };
    let penalties = Penalties { real: 0.0, fake: 0.0 };
    let faster = AdamConfig { lr: 10.0 * adam.lr, ..adam };
    let game = Game::Saturating;
    match name {
        "no_penalty" => Config { penalties, ..working },
        "saturating" => Config { game, ..working },
        "strong_d" => Config { k: 10, ..working },
        "fast_g" => Config { g: faster, ..working },
        "no_detach" => Config { detach: false, ..working },
        "strong_and_free" => Config { k: 10, penalties, ..working },
        "starved" => Config { game, k: 10, penalties, ..working },
        "fast_and_free" => Config { g: faster, penalties, ..working },
        _ => working,
    }
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = &Task::wide_ring()?;
    let steps: u64 = lab.by_scale(60, 1500, 1500);
    for name in CASES {
        let pairs =
            Pairs { task, config: case(name), width: 32, seeds: SEEDS };
        let run = format!("switch-{name}");
        let runs =
            pairs.train(lab, &run, &[steps], |gan| vec![belief(gan)])?;
        let last = lasts(&runs);
        record(lab, &format!("switch_{name}"), &last)?;
        let beliefs = runs.iter().map(|run| f64::from(run.seen[0].1[0]));
        lab.over_seeds(
            &format!("switch_{name}_d_of_fakes"),
            &beliefs.collect::<Vec<_>>(),
            Within::Absolute(0.1),
        )?;
        lab.column(name, last.iter().map(|judged| judged.modes))?;
    }
    lab.result("switch_seeds", SEEDS as f64, Within::Exactly)?;
    lab.result("switch_steps", steps as f64, Within::Exactly)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("row of the table", Axis::Linear)
        .x_range(0.4, CASES.len() as f64 + 0.6)
        .y("modes found of 8", Axis::Linear)
        .y_range(-0.4, 9.0);
    for (case, name) in CASES.into_iter().enumerate() {
        // Ten dots side by side for each case.
        let found = of.column(name)?.iter().enumerate();
        let found = found.map(|(seed, modes)| {
            let aside = 0.07 * (seed as f64 - 4.5);
            (case as f64 + 1.0 + aside, *modes)
        });
        plot = plot.colour(0).points("", found.collect::<Vec<_>>());
    }
    plot.svg()
}
