//! How many steps should the discriminator take to one of the generator's?

use datasets::toy::{Density, GaussianMixture};
use gradients::plain::{Activation, AdamConfig, Mlp};
use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use minimax_loss::plain::g_loss_non_saturating_backward;

use super::{column_of_noise, single};
use crate::plain::input_gradient;
use crate::training::{Config, Discriminator, Objective, in_room};

pub const EXPERIMENT: Experiment = Experiment {
    name: "k-steps",
    cost: Cost::Seconds,
    measure,
    figures: &[("k_steps", draw)],
    claims,
};

const STEPS: [usize; 3] = [1, 5, 25];
const SEEDS: usize = 5;
/// The mean of the data, and how near to it counts as there.
const GOAL: f64 = 2.0;
const NEAR: f64 = 0.5;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    for k in STEPS {
        let mut paths = Vec::new();
        for seed in 1..=SEEDS {
            paths.push(chase(lab, k, seed)?);
        }
        lab.column(&format!("mean_{k}"), paths[0].iter().copied())?;
        let of = |f: fn(&[f64]) -> f64| -> Vec<f64> {
            paths.iter().map(|path| f(path)).collect()
        };
        let (near, stays) = (of(first_near), of(stays_from));
        let updates = |steps: &[f64]| -> Vec<f64> {
            steps.iter().map(|n| n * (k + 1) as f64).collect()
        };
        for (name, numbers) in [
            ("k_updates_near", &updates(&near)),
            ("k_updates", &updates(&stays)),
            ("k_first_near", &near),
            ("k_stays_from", &stays),
        ] {
            let name = format!("{name}_{k}");
            lab.over_seeds(&name, numbers, Within::Factor(1.5))?;
        }
        lab.over_seeds(
            &format!("k_largest_mean_{k}"),
            &of(largest),
            Within::Absolute(0.2),
        )?;
        lab.over_seeds(
            &format!("k_late_miss_{k}"),
            &of(late_miss),
            Within::Absolute(0.1),
        )?;
    }
    Ok(())
}

/// The mean of G(z) = a z + b before each of its steps, while a network takes k steps to each.
fn chase(lab: &Lab, k: usize, seed: usize) -> anyhow::Result<Vec<f64>> {
    let data = GaussianMixture::one_dimensional(&[(1.0, GOAL)], 0.5)?;
    let rng = &mut lab.rng(&format!("k-steps-{seed}"));
    let (leaky, linear) = (Activation::LeakyRelu(0.2), Activation::Identity);
    let net = Mlp::new(&[1, 32, 1], leaky, linear, rng);
    let adam = AdamConfig { lr: 2e-3, beta1: 0.5, ..AdamConfig::default() };
    let objective = Objective::Minimax;
    let config = Config { objective, ..Config::new(adam) };
    let mut d = in_room(lab, Discriminator::new(net, config))?;
    let (mut b, mut a) = (-2.0_f32, 1.0_f32);
    let mut path = vec![f64::from(b)];
    for _ in 0..lab.by_scale(50, 1500, 5000) {
        for _ in 0..k {
            let x_real = single(data.sample(64, rng)); // [64, 1]
            d.learn(&(x_real, column_of_noise(64, rng) * a + b))?;
        }
        let z = column_of_noise(64, rng); // [64, 1]
        let x_fake = &z * a + b;
        let d_x =
            input_gradient(&d.net(), &x_fake, g_loss_non_saturating_backward);
        b -= 0.02 * d_x.sum();
        a -= 0.02 * (&d_x * &z).sum();
        path.push(f64::from(b));
    }
    Ok(path)
}

fn near(mean: &f64) -> bool {
    (mean - GOAL).abs() < NEAR
}

fn first_near(path: &[f64]) -> f64 {
    path.iter().position(near).unwrap_or(path.len()) as f64
}

/// The step from which the mean is near the goal to the end.
fn stays_from(path: &[f64]) -> f64 {
    path.iter().rposition(|mean| !near(mean)).map_or(0, |n| n + 1) as f64
}

fn largest(path: &[f64]) -> f64 {
    path.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// How far from the goal the mean is in the second half of the run.
fn late_miss(path: &[f64]) -> f64 {
    let late = &path[path.len() / 2..];
    late.iter().map(|mean| (mean - GOAL).abs()).sum::<f64>()
        / late.len() as f64
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step of the generator", Axis::Linear)
        .y("its mean", Axis::Linear)
        .y_range(-3.0, 4.0);
    for k in STEPS {
        let path = of.column(&format!("mean_{k}"))?.iter().copied();
        plot = plot.line(&format!("k = {k}"), (0..).map(f64::from).zip(path));
    }
    plot.horizontal("mean of the data", GOAL).svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let all = lab::over_seeds("k_largest_mean_1", SEEDS);
    let less = |less, more| Claim::less_over_seeds(less, more, SEEDS);
    vec![
        ("one_step_overshoots", Claim::all_above(all, GOAL + NEAR)),
        ("near_is_not_there", less("k_first_near_1", "k_stays_from_1")),
        ("one_crosses_first", less("k_updates_near_1", "k_updates_near_5")),
        ("and_before_25", less("k_updates_near_1", "k_updates_near_25")),
        ("five_is_cheaper_than_one", less("k_updates_5", "k_updates_1")),
        ("five_is_cheaper_than_25", less("k_updates_5", "k_updates_25")),
        ("twenty_five_end_nearest", less("k_late_miss_25", "k_late_miss_5")),
    ]
}
