//! What goes wrong, each behind one switch of a configuration that works.

use gradients::plain::AdamConfig;
use lab::{Cost, Diagram, Experiment, Lab, Look, Measurements, Within};

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

/// What the rows of the table are called.
const LABELS: [&str; 9] = [
    "1 none: it works",
    "2 no penalty",
    "3 saturating loss",
    "4 ten steps of D",
    "5 a fast G",
    "6 no detach",
    "7 no penalty, ten of D",
    "8 … and saturating",
    "9 no penalty, fast G",
];

/// A row for each case, a dot for each seed.
fn draw(of: &Measurements) -> anyhow::Result<String> {
    let x = |modes: usize| 218.0 + 30.0 * modes as f64;
    let y = |row: usize| 52.0 + 40.0 * row as f64;
    let mut it = Diagram::new(480.0, 436.0);
    it.title((6.0, 16.0), "modes found of 8");
    for (row, (name, label)) in CASES.into_iter().zip(LABELS).enumerate() {
        it.text((6.0, y(row)), label);
        let found = of.column(name)?;
        for modes in 0..=8 {
            let same = |v: &&f64| v.round() as usize == modes;
            let count = found.iter().filter(same).count();
            for n in 0..count {
                // Columns of five, the last of which may be shorter.
                let column = count.min(5 * (n / 5 + 1)) - n / 5 * 5;
                let down = (n % 5) as f64 - 0.5 * (column - 1) as f64;
                let columns = count.div_ceil(5) - 1;
                let aside = (n / 5) as f64 - 0.5 * columns as f64;
                let at = (x(modes) + 8.0 * aside, y(row) + 7.0 * down);
                it.block(at, (6.0, 6.0), ("", ""), Look::Moves(0));
            }
        }
    }
    for modes in 0..=8 {
        it.text((x(modes) - 5.0, y(9)), &modes.to_string());
    }
    it.svg()
}
