//! The experiments of chapter 7, a file for each.

pub mod autoencoders;
pub mod batch;
pub mod beta;
pub mod collapse;
pub mod constant;
pub mod dead_codes;
pub mod ema;
pub mod ema_fixed;
pub mod late;
pub mod learning;
pub mod levels;
pub mod logged;
pub mod losses;
pub mod mismatched;
pub mod parity;
pub mod pulls;
pub mod reduction;
pub mod side_by_side;
pub mod stacks;
pub mod terms;
pub mod usage;
pub mod who_moves;
pub mod wrong_term;

use datasets::Batches;
use gradients::plain::{Mlp, Parameters};
use lab::{Axis, Claim, Lab, Plot};
use ndarray::{Array2, Axis as Dim};

use super::trial::{Data, K, SEEDS, first, milestones};
use crate::quantizer::{Learning, Quantizer, Settings};
use crate::training::networks;

/// Networks and a codebook in double precision, and some batches.
#[expect(clippy::type_complexity)]
fn doubled(
    lab: &Lab,
    data: &Data,
    learning: Learning,
) -> anyhow::Result<((Mlp<f64>, Mlp<f64>), Quantizer<f64>, Vec<Array2<f64>>)>
{
    let nets = networks::<f64>(&mut lab.rng("networks"));
    let mut batches = Batches::new(data.train.nrows(), 64, lab.seed())?;
    let mut batch = |t| {
        let x = data.train.select(Dim(0), &batches.batch(t)); // [64, 16]
        x.mapv(f64::from)
    };
    let batches = (0..lab.by_scale(4, 20, 50)).map(&mut batch).collect();
    let x = first(&data.train, 512).mapv(f64::from);
    let settings = Settings { learning, ..Settings::default() };
    let z_e = nets.0.output(&x); // [512, C]
    let rng = &mut lab.rng("codebook");
    let quantizer = Quantizer::from_latents(&z_e, K, 5, settings, rng)?;
    Ok((nets, quantizer, batches))
}

/// The largest of all its numbers, in absolute value.
fn largest(net: &Mlp<f64>) -> f64 {
    let parameters = net.parameters();
    let all = parameters.iter().flat_map(|p| p.iter());
    all.fold(0.0, |a, b| a.max(b.abs()))
}

/// The column against which a run's course is drawn.
fn note_steps(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = milestones(lab).into_iter().map(|step| step as f64);
    lab.column("step", steps)
}

fn over_steps(y: &str, axis: Axis) -> Plot {
    Plot::new("").x("step", Axis::Linear).y(y, axis)
}

/// `less < more` over the seeds.
fn less(less: &str, more: &str) -> Claim {
    Claim::less_over_seeds(less, more, SEEDS)
}

/// The seeds do not tell one from another.
fn undecided(one: &str, other: &str) -> Claim {
    Claim::undecided(one, other, SEEDS)
}

/// What is recorded of a number for each seed.
fn every<T: From<String>>(name: &str) -> Vec<T> {
    lab::over_seeds(name, SEEDS).into_iter().map(T::from).collect()
}

/// In every seed, `more ≥ times · less`.
fn times(times: f64, less: &str, more: &str) -> Claim {
    Claim::Times(times, every(less), every(more))
}

/// In every seed, each is below the one before it.
fn fall(names: &[String]) -> Claim {
    let side = |names: &[String]| {
        names.iter().flat_map(|name| every(name)).collect()
    };
    Claim::Less(side(&names[1..]), side(&names[..names.len() - 1]))
}

/// In every seed, within so much of one another, and not of a third.
fn alike(within: f64, one: &str, other: &str, unlike: &str) -> Claim {
    Claim::Equal(within, every(one), every(other), every(unlike))
}
