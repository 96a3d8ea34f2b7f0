//! The two rooms beside each other.

use lab::{Lab, Resumable, Within, rng_at};

use super::digits::{Court, pair};
use crate::ledger;
use crate::on_dfdx::{self, Pair, Round, ToPlain};

/// Every hand gradient beside what can contradict it.
pub fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}

/// The digits' pair takes its first steps in both rooms, from equal weights, on equal batches and noise.
pub fn first_steps(lab: &mut Lab) -> anyhow::Result<()> {
    let steps: u64 = lab.by_scale(3, 5, 5);
    let data = Court::digits(lab)?;
    let mut gan = pair(lab, &data, (256, 512))?;
    let (config, noise) = (gan.config, gan.config.noise);
    let rounds: Vec<Round> = (0..steps)
        .map(|n| {
            let mut rng = rng_at(lab.seed(), n);
            let x_real = gan.real(n);
            let z_d = noise.sample(config.batch, &mut rng);
            Round { x_real, z_d, z_g: noise.sample(config.batch, &mut rng) }
        })
        .collect();
    let (g, d) = (gan.g.net.clone(), gan.d.net.clone());
    let start = std::time::Instant::now();
    (0..steps).for_each(|_| drop(gan.step()));
    let here = start.elapsed().as_secs_f64();
    let start = std::time::Instant::now();
    let other: anyhow::Result<_> = lab::on_device!(lab.device(), |dev| {
        let generator: on_dfdx::DigitGenerator<_> =
            on_dfdx::generator(&dev, &g);
        let mut pair = Pair {
            mean: generator.clone(),
            g: generator,
            d: on_dfdx::discriminator::<784, 512, 256, f32, _>(&dev, &d),
        };
        let losses = on_dfdx::train::<64, 784, 784, 512, 256, _, _>(
            &dev, &mut pair, config, rounds,
        );
        Ok((losses, pair.mean.to_plain()))
    });
    let (losses, mean) = other?;
    let there = start.elapsed().as_secs_f64();
    let apart = |a: f32, b: f32| f64::from((a - b).abs() / a.abs().max(1e-6));
    let of_d = losses.iter().zip(&gan.d.losses).map(|(b, a)| apart(*a, b.0));
    let of_g = losses.iter().zip(&gan.g.losses).map(|(b, a)| apart(*a, b.1));
    let worst = of_d.chain(of_g).fold(0.0, f64::max);
    lab.result("parity_max_rel_err", worst, Within::Limit(1e-2))?;
    let first = apart(gan.d.losses[0], losses[0].0);
    lab.result("parity_first_step_rel_err", first, Within::Limit(1e-5))?;
    let wide = |w: &ndarray::ArrayD<f32>| w.mapv(f64::from);
    let weights = mean.parameters().into_iter().zip(gan.mean.parameters());
    let weights = weights.map(|(b, a)| {
        lab::max_rel_err(&wide(&b.to_owned()), &wide(&a.to_owned()))
    });
    let worst = weights.fold(0.0, f64::max);
    lab.result("parity_weights_max_rel_err", worst, Within::Limit(0.05))?;
    lab.result("parity_steps", steps as f64, Within::Exactly)?;
    lab.result(
        "parity_plain_seconds_per_step",
        here / steps as f64,
        Within::Timing,
    )?;
    lab.result(
        "parity_dfdx_seconds_per_step",
        there / steps as f64,
        Within::Timing,
    )
}
