//! The digits' recipe with one ingredient changed at a time, in short runs.

use gan::digits::unit;
use gradients::plain::AdamConfig;
use judge::Judge;
use judge::measures::{Moments, frechet};
use lab::{Cost, Experiment, Lab, Within};
use rayon::prelude::*;

use super::digits_cures_claims;
use crate::digits::{Sizes, pair, recipe, sizes};
use crate::pair::{Config, Game, Penalties, in_room};

pub const EXPERIMENT: Experiment = Experiment {
    name: "digits-cures",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims: digits_cures_claims::claims,
};

pub const SEEDS: usize = 3;

pub const CASES: [&str; 11] = [
    "recipe",
    "no_penalty",
    "r2",
    "both",
    "ttur",
    "least_squares",
    "hinge",
    "no_deviation",
    "pairing",
    "packing",
    "spectral",
];

pub fn case(name: &str, sizes: Sizes) -> (Config, Sizes) {
    let it = Config { cool: None, ..recipe(0) };
    let penalties = |real, fake| Penalties { real, fake, between: 0.0 };
    let game = |game| Config { game, ..it };
    let config = match name {
        "no_penalty" => Config { penalties: penalties(0.0, 0.0), ..it },
        "r2" => Config { penalties: penalties(0.0, 3.0), ..it },
        "both" => Config { penalties: penalties(3.0, 3.0), ..it },
        "ttur" => {
            let g = AdamConfig { lr: it.g.lr / 4.0, ..it.g };
            Config { g, ..it }
        }
        "least_squares" => game(Game::LeastSquares),
        "hinge" => game(Game::Hinge),
        "pairing" => game(Game::Relativistic),
        "packing" => Config { pack: 2, ..it },
        "spectral" => {
            Config { spectral: true, penalties: penalties(0.0, 0.0), ..it }
        }
        _ => it,
    };
    let group = sizes.group.filter(|_| name != "no_deviation");
    (config, Sizes { group, ..sizes })
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let judge = &Judge::new(lab)?;
    let real = &Moments::of(&judge.real.features)?;
    let floor = judge.judge(&judge.held_out())?.frechet;
    let steps = lab.by_scale(10, 600, 5000);
    for name in CASES {
        let (config, sizes) = case(name, sizes(lab));
        let job = |n: usize| -> anyhow::Result<[f64; 2]> {
            let seed = lab.seed().wrapping_add(n as u64);
            let start = pair(config, sizes, seed, &judge.train)?;
            let mut pair = in_room(lab, start)?;
            lab.train(&format!("short-{name}-{n}"), steps, &mut pair)?;
            let noise = config.noise;
            let z = noise.sample(judge.n, &mut lab.rng("judged")); // [N, Z]
            let seen = judge.classifier.look(&unit(pair.mean().output(&z)));
            let distance = frechet(&Moments::of(&seen.features)?, real)?;
            Ok([distance / floor, seen.confident(0.9)])
        };
        let seeds = (0..SEEDS).into_par_iter().with_max_len(1);
        let found = seeds.map(job).collect::<anyhow::Result<Vec<_>>>()?;
        for (n, (what, within)) in [
            ("over_floor", Within::Relative(0.3)),
            ("confident", Within::Absolute(0.05)),
        ]
        .into_iter()
        .enumerate()
        {
            let of: Vec<f64> = found.iter().map(|both| both[n]).collect();
            lab.over_seeds(&format!("short_{name}_{what}"), &of, within)?;
        }
    }
    lab.result("short_seeds", SEEDS as f64, Within::Exactly)?;
    lab.result("short_steps", steps as f64, Within::Exactly)
}
