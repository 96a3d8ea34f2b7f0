//! The two rooms beside each other.

use std::time::Instant;

use lab::{Lab, Resumable, Within};

use super::digits::{Data, recipe};
use crate::ledger;
use crate::on_dfdx::{self, DigitHalf};
use crate::training::Config;

/// Every hand gradient beside what can contradict it.
pub fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}

/// The page's network takes its first steps in both rooms, from equal weights, on equal batches.
pub fn first_steps(lab: &mut Lab) -> anyhow::Result<()> {
    let steps: u64 = lab.by_scale(2, 5, 5);
    let data = Data::load(lab)?;
    let mut config =
        Config { batch: lab.by_scale(4, 32, 32), ..recipe(lab, &data) };
    config.sizes.channels = 128;
    let mut here = data.training(config, lab.seed())?;
    let batches: Vec<_> = (0..steps).map(|n| here.batch(n)).collect();
    let mut quantizer = here.quantizer.clone();
    let (encoder, decoder) =
        (here.model.encoder.clone(), here.model.decoder.clone());
    let start = Instant::now();
    (0..steps).for_each(|_| drop(here.step()));
    let plain = start.elapsed().as_secs_f64();
    let (start, seed) = (Instant::now(), lab.seed());
    let there: anyhow::Result<_> = lab::on_device!(lab.device(), |dev| {
        let mut e: DigitHalf<_> = on_dfdx::copied(&dev, &encoder);
        let mut d: DigitHalf<_> = on_dfdx::copied(&dev, &decoder);
        let (q, nets) = (&mut quantizer, (&mut e, &mut d));
        let losses = on_dfdx::train(nets, q, &config, seed, batches)?;
        Ok((losses, on_dfdx::to_plain(&e)))
    });
    let (losses, encoder) = there?;
    let other = start.elapsed().as_secs_f64();
    let apart = |(a, b): (&f32, &f32)| f64::from((a - b).abs() / a.abs());
    let pairs = || here.losses.iter().zip(&losses);
    let worst = pairs().map(apart).fold(0.0, f64::max);
    lab.result("parity_max_rel_err", worst, Within::Limit(1e-2))?;
    let first = pairs().next().map_or(f64::INFINITY, apart);
    lab.result("parity_first_step_rel_err", first, Within::Limit(1e-5))?;
    let weights = encoder.parameters();
    let weights = weights.iter().zip(here.model.encoder.parameters());
    let apart = weights.map(|(a, b)| {
        lab::max_rel_err(&a.mapv(f64::from), &b.mapv(f64::from))
    });
    let worst = apart.fold(0.0, f64::max);
    lab.result("parity_weights_max_rel_err", worst, Within::Limit(0.05))?;
    lab.result("parity_steps", steps as f64, Within::Exactly)?;
    for (room, seconds) in [("plain", plain), ("dfdx", other)] {
        let name = format!("parity_{room}_seconds_per_step");
        lab.result(&name, seconds / steps as f64, Within::Timing)?;
    }
    Ok(())
}
