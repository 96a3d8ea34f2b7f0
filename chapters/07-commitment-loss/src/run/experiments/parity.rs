//! The first steps in both rooms, from equal weights, on equal batches, in double precision.

use gradients::on_dfdx::Mlp as OnDevice;
use gradients::plain::{Adam, AdamConfig};
use lab::{Claim, Cost, Experiment, Lab, Within, rng_at, tensor};

use super::doubled;
use crate::on_dfdx;
use crate::quantizer::Learning;
use crate::run::trial::{ADAM, Data};
use crate::training::step;

pub const EXPERIMENT: Experiment = Experiment {
    name: "parity",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let config = AdamConfig { lr: ADAM, ..AdamConfig::default() };
    let learning = Learning::Gradient { adam: config, weight: 1.0 };
    let ((mut encoder, mut decoder), mut quantizer, batches) =
        doubled(lab, &data, learning)?;
    let other: anyhow::Result<Vec<f64>> =
        lab::on_device!(lab.device(), |dev| {
            let mut e = OnDevice::new(&dev, &encoder);
            let mut d = OnDevice::new(&dev, &decoder);
            let mut quantizer = on_dfdx::Quantizer::new(&dev, &quantizer);
            let batches = batches.iter().map(|x| tensor(&dev, x, x.dim()));
            let (nets, q) = ((&mut e, &mut d), &mut quantizer);
            Ok(on_dfdx::train(nets, q, config, batches))
        });
    let others = other?;
    let (mut of_encoder, mut of_decoder) =
        (Adam::new(&encoder, config), Adam::new(&decoder, config));
    let mut losses = Vec::new();
    for (x, t) in batches.iter().zip(0..) {
        let done = step((&encoder, &decoder), &quantizer, x, false)?;
        let found = &done.found;
        losses.push(
            done.reconstruction + found.codebook_loss + found.commitment_loss,
        );
        of_encoder.step(&mut encoder, &done.d_encoder);
        of_decoder.step(&mut decoder, &done.d_decoder);
        let indices = &found.quantized.indices;
        quantizer.learn(&done.z_e, indices, &mut rng_at(0, t))?;
    }
    let apart = losses.iter().zip(&others).map(|(a, b)| (a - b).abs() / a);
    let (first, last) = (losses[0], losses[losses.len() - 1]);
    lab.result("parity_steps", batches.len() as f64, Within::Exactly)?;
    let (worst, moved) = (apart.fold(0.0, f64::max), (first - last) / first);
    lab.result("parity_max_rel_err", worst, Within::Limit(1e-8))?;
    lab.result("parity_loss_moved", moved, Within::Relative(0.01))
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "the_rooms_agree",
        Claim::equal(1e-12, "parity_max_rel_err", 0.0, "parity_loss_moved"),
    )]
}
