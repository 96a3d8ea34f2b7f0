//! Short trainings of a smaller network, from several seeds.

use lab::{Lab, Within, over_seeds};
use rayon::prelude::*;

use super::setting::{Data, file_bits, in_use, recipe, tables};
use crate::measures::{Curve, error_at};
use crate::training::{Config, Sizes, in_room};

/// From how many starts, on as many orders of the digits, each choice is trained.
pub const SEEDS: usize = 3;

/// What is recorded of a number for each seed.
pub fn every<T: From<String>>(name: &str) -> Vec<T> {
    over_seeds(name, SEEDS).into_iter().map(T::from).collect()
}

// ANCHOR: short
/// A smaller network, fewer codes, which cost nothing, and fewer steps than
/// the page's.
pub fn short(lab: &Lab, data: &Data) -> Config {
    let config = recipe(lab, data);
    let codes = lab.by_scale(16, 128, 512);
    let sizes = Sizes { blocks: 1, codes, ..config.sizes };
    let config = Config { sizes, rate: None, ..config };
    config.over(lab.by_scale(9, 600, 15_000))
}
// ANCHOR_END: short

/// What short trainings come to, a number for each seed.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    pub error: Vec<f64>,
    perplexity: Vec<f64>,
    used: Vec<f64>,
    pub bits: Vec<f64>,
}

impl Outcomes {
    /// Bits and error of each seed.
    pub fn points(&self) -> Vec<(f64, f64)> {
        self.bits.iter().copied().zip(self.error.iter().copied()).collect()
    }
}

/// Records the error of each seed over that of the seed's curve at as many bits.
pub fn beside(
    lab: &mut Lab,
    points: &[(f64, f64)],
    curves: &[Curve; SEEDS],
    name: &str,
) -> anyhow::Result<()> {
    let over: Vec<f64> = (points.iter().zip(curves))
        .map(|((bits, error), curve)| error / error_at(curve, *bits))
        .collect();
    lab.over_seeds(name, &over, Within::Factor(1.15))
}

/// Trains from every seed; records error, perplexity and share of codes in use on the test digits, as
/// `name_mse_over_variance` and so on.
pub fn try_out(
    lab: &mut Lab,
    data: &Data,
    name: &str,
    config: Config,
) -> anyhow::Result<()> {
    let found = train(lab, data, name, config, false)?;
    note(lab, name, &found)
}

/// The same, with what an image costs by place.
pub fn try_out_and_code(
    lab: &mut Lab,
    data: &Data,
    name: &str,
    config: Config,
) -> anyhow::Result<Outcomes> {
    let found = train(lab, data, name, config, true)?;
    note(lab, name, &found)?;
    let bits = format!("{name}_bits");
    lab.over_seeds(&bits, &found.bits, Within::Factor(1.1))?;
    Ok(found)
}

fn note(lab: &mut Lab, name: &str, found: &Outcomes) -> anyhow::Result<()> {
    for (what, numbers, within) in [
        ("mse_over_variance", &found.error, Within::Factor(1.2)),
        ("perplexity", &found.perplexity, Within::Factor(1.2)),
        ("codes_used_share", &found.used, Within::Absolute(0.1)),
    ] {
        lab.over_seeds(&format!("{name}_{what}"), numbers, within)?;
    }
    Ok(())
}

/// Trains from every seed, side by side.
fn train(
    lab: &Lab,
    data: &Data,
    name: &str,
    config: Config,
    coded: bool,
) -> anyhow::Result<Outcomes> {
    let seeds = (0..SEEDS as u64).into_par_iter();
    let found = seeds.map(|seed| one(lab, data, (name, seed), config, coded));
    let mut all = Outcomes::default();
    for [error, perplexity, used, bits] in
        found.collect::<anyhow::Result<Vec<_>>>()?
    {
        all.error.push(error);
        all.perplexity.push(perplexity);
        all.used.push(used);
        all.bits.push(bits);
    }
    Ok(all)
}

/// Error, perplexity, share of codes in use, and bits if they are asked for.
fn one(
    lab: &Lab,
    data: &Data,
    (name, seed): (&str, u64),
    config: Config,
    coded: bool,
) -> anyhow::Result<[f64; 4]> {
    let run = data.training(config, lab.seed().wrapping_add(seed))?;
    let mut run = in_room(lab, run)?;
    lab.train(&format!("{name}-{}", seed + 1), config.steps, &mut run)?;
    let model = run.model();
    let codes = model.encode(&data.test)?; // [N, S²]
    let y = model.decode(&codes)?; // [N, 784]
    let error = data.unexplained(&data.test, &y);
    let (perplexity, used) = in_use(&codes, model.codes());
    let bits = match coded {
        false => f64::NAN,
        true => {
            let encode = |x: &_| Ok(model.encode(x)?);
            file_bits(&tables(data, model.codes(), encode)?, &codes)?
        }
    };
    Ok([error, perplexity, used, bits])
}
