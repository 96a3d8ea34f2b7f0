//! The first steps in both rooms, from equal weights, on equal batches.

use gradients::plain::AdamConfig;
use lab::{Claim, Cost, Experiment, Lab, Within, rng_at};

use super::{
    RealBatches, noise, untrained_discriminator, untrained_generator,
};
use crate::on_dfdx;
use crate::training::{Config, Discriminates, Discriminator};

pub const EXPERIMENT: Experiment = Experiment {
    name: "parity",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let mut real = RealBatches::new(lab, 64)?;
    let pixels = real.digits.pixel_count();
    let (g, d) = (
        untrained_generator(lab, pixels),
        untrained_discriminator(lab, pixels),
    );
    let config = AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
    let start = Discriminator::new(d, Config::new(config));
    let mut here = start.clone();
    let other: anyhow::Result<Box<dyn Discriminates>> =
        lab::on_device!(lab.device(), |dev| {
            Ok(Box::new(on_dfdx::Discriminator::new(&dev, start)) as Box<_>)
        });
    let mut there = other?;
    for step in 0..lab.by_scale(5, 20, 100) {
        let x_fake = g.output(&noise(64, &mut rng_at(1, step))); // [64, 784]
        let batches = (real.at(step), x_fake);
        here.learn(&batches)?;
        there.learn(&batches)?;
    }
    let (losses, others) = (here.losses(), there.losses());
    let distance = |(a, b): (&f32, &f32)| f64::from((a - b).abs() / a.abs());
    let worst = losses.iter().zip(&others).map(distance).fold(0.0, f64::max);
    let moved =
        f64::from((losses[0] - losses[losses.len() - 1]).abs() / losses[0]);
    lab.result("parity_max_rel_err", worst, Within::Limit(1e-4))?;
    lab.result("parity_loss_moved", moved, Within::Relative(0.1))
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "the_rooms_agree",
        Claim::equal(1e-4, "parity_max_rel_err", 0.0, "parity_loss_moved"),
    )]
}
