//! A model takes its first steps in both rooms.

use dfdx::prelude::Device;
use gradients::on_dfdx::Adam as AdamOnDfdx;
use gradients::plain::{Adam, AdamConfig};
use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::Array2;
use ndarray_rand::rand::Rng;

use crate::model::{Prior, Sizes};
use crate::on_dfdx;
use crate::plain::shift_right;

pub const EXPERIMENT: Experiment = Experiment {
    name: "first steps",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

/// From equal weights, on equal batches, in double precision.
fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps: u64 = lab.by_scale(3, 10, 10);
    let sizes = Sizes {
        codes: 32,
        places: 49,
        width: 32,
        heads: 4,
        blocks: 2,
        classes: 0,
    };
    let config = AdamConfig::default();
    let mut rng = lab.rng("first steps");
    let start = Prior::<f64>::new(sizes, &mut rng)?;
    let lr = |n: u64| config.lr * (n + 1) as f64 / steps as f64;
    let batches: Vec<_> = (0..steps)
        .map(|n| (lr(n), random_codes(4, sizes, &mut rng)))
        .collect();
    let other: anyhow::Result<_> = lab::on_device!(lab.device(), |dev| {
        Ok(losses_on(&dev, &start, config, &batches))
    });
    let (mut prior, mut adam) = (start.clone(), Adam::new(&start, config));
    let mut worst = 0.0_f64;
    for ((lr, codes), theirs) in batches.iter().zip(other?) {
        let (mine, d) = prior.loss_and_gradient(codes)?;
        worst = worst.max((mine - theirs).abs() / mine.abs());
        adam.config.lr = *lr;
        adam.step(&mut prior, &d);
    }
    lab.result("parity_steps", steps as f64, Within::Exactly)?;
    lab.result("parity_max_rel_err", worst, Within::Limit(1e-10))
}

fn random_codes(n: usize, sizes: Sizes, rng: &mut impl Rng) -> Array2<usize> {
    Array2::from_shape_simple_fn((n, sizes.places), || {
        rng.random_range(0..sizes.codes)
    })
}

/// Step sizes and code maps, `[B, T]`.
type Batches = [(f64, Array2<usize>)];

/// The loss before each step, with the tape's gradients.
fn losses_on<D: Device<f64>>(
    dev: &D,
    start: &Prior<f64>,
    config: AdamConfig,
    batches: &Batches,
) -> Vec<f64> {
    let mut prior = on_dfdx::Prior::new(dev, start);
    let mut adam = AdamOnDfdx::new(config);
    let one = |(lr, codes): &(f64, Array2<usize>)| {
        let seen = shift_right(codes, start.codes()); // [B, T]
        let (loss, mut d) = prior.learn(&seen, codes);
        adam.config.lr = *lr;
        adam.step(&mut prior, &mut d);
        loss.as_vec()[0]
    };
    batches.iter().map(one).collect()
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![("the_rooms_agree", Claim::less("parity_max_rel_err", 1e-10))]
}
