//! The digits' recipe with one thing changed at a time, in short runs.

use gradients::plain::{Activation, AdamConfig};
use judge::Judge;
use judge::measures::{Moments, frechet};
use lab::{Cost, Experiment, Lab, Within};
use ndarray::Array2;
use rayon::prelude::*;

use super::{article, digits_recipe_claims};
use crate::digits::{batches, networks, recipe, unit, widths};
use crate::plain::{Game, Penalties};
use crate::training::{Config, Gan, in_room};

pub const EXPERIMENT: Experiment = Experiment {
    name: "digits-recipe",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims: digits_recipe_claims::claims,
};

pub const SEEDS: usize = 3;

/// Averaging is left out of each by judging the last generator as well.
const CASES: [&str; 7] =
    ["recipe", "no_r1", "no_cooling", "momentum", "small", "paired", "r2"];

fn case(name: &str, steps: u64) -> Config {
    let it = recipe(steps);
    let penalties = |real, fake| Penalties { real, fake };
    let adam = AdamConfig { beta1: 0.5, ..it.g };
    match name {
        "no_r1" => Config { penalties: penalties(0.0, 0.0), ..it },
        "no_cooling" => Config { cool: None, ..it },
        "momentum" => Config { g: adam, d: adam, ..it },
        "paired" => Config { game: Game::Relativistic, ..it },
        "r2" => Config { penalties: penalties(3.0, 3.0), ..it },
        _ => it,
    }
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let judge = &Judge::new(lab)?;
    let real = &Moments::of(&judge.real.features)?;
    let steps = lab.by_scale(20, 2500, 10_000);
    for name in CASES {
        let job = |seed| distances(lab, judge, real, (name, steps, seed));
        let seeds = (0..SEEDS).into_par_iter().with_max_len(1);
        let found = seeds.map(job).collect::<anyhow::Result<Vec<_>>>()?;
        for (n, what) in ["frechet", "last_frechet"].into_iter().enumerate() {
            let of: Vec<f64> = found.iter().map(|both| both[n]).collect();
            let within = Within::Relative(0.2);
            lab.over_seeds(&format!("short_{name}_{what}"), &of, within)?;
        }
    }
    lab.result("short_seeds", SEEDS as f64, Within::Exactly)?;
    lab.result("short_steps", steps as f64, Within::Exactly)
}

/// The Fréchet distances of the averaged and of the last generator after a training from one seed.
fn distances(
    lab: &Lab,
    judge: &Judge,
    real: &Moments,
    (name, steps, seed): (&str, u64, usize),
) -> anyhow::Result<[f64; 2]> {
    let (config, start) =
        (case(name, steps), lab.seed().wrapping_add(seed as u64));
    let noise = config.noise;
    let nets = match name {
        "small" => {
            let shape = (noise.width(), lab.by_scale(16, 128, 128));
            article::networks(shape, Activation::LeakyRelu(0.2), start)
        }
        _ => networks(noise, start, widths(lab)),
    };
    let data = batches(&judge.train, config.batch, start)?;
    let mut gan = in_room(lab, Gan::new(config, nets, start, data))?;
    lab.train(&format!("short-{name}-{seed}"), steps, &mut gan)?;
    let z = noise.sample(judge.n, &mut lab.rng("judged")); // [N, Z]
    let distance = |x: Array2<f32>| {
        let seen = judge.classifier.look(&unit(x));
        frechet(&Moments::of(&seen.features)?, real)
    };
    Ok([distance(gan.mean().output(&z))?, distance(gan.g().output(&z))?])
}
