//! The first steps in both rooms.

use std::time::{Duration, Instant};

use gradients::plain::Parameters;
use judge::training_digits;
use lab::{Claim, Cost, Experiment, Lab, Resumable, Within};

use crate::digits::pair;
use crate::on_dfdx;
use crate::training::Players;

pub const EXPERIMENT: Experiment = Experiment {
    name: "first steps",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

/// The digits' pair takes its first steps in both rooms, from equal weights, on equal batches and noise.
fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps: u64 = lab.by_scale(3, 5, 5);
    let data = training_digits(lab)?;
    let start = || pair(lab, &data, (256, 512));
    let mut gan = start()?;
    let plain = start()?;
    let there: anyhow::Result<Box<dyn Players>> =
        lab::on_device!(lab.device(), |dev| {
            Ok(Box::new(on_dfdx::Gan::new(&dev, plain)) as Box<_>)
        });
    let mut there = there?;
    let (mut here_time, mut there_time) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..steps {
        let start = Instant::now();
        gan.step()?;
        here_time += start.elapsed();
        let start = Instant::now();
        there.step()?;
        there_time += start.elapsed();
    }
    let apart =
        |(a, b): (&f32, &f32)| f64::from((a - b).abs() / a.abs().max(1e-6));
    let (here, others) = (gan.losses(), there.losses());
    let pairs = here.iter().flatten().zip(others.iter().flatten());
    let worst = pairs.map(apart).fold(0.0, f64::max);
    lab.result("parity_max_rel_err", worst, Within::Limit(1e-2))?;
    let first = apart((&here[0][0], &others[0][0]));
    lab.result("parity_first_step_rel_err", first, Within::Limit(1e-5))?;
    let wide = |w: &ndarray::ArrayViewD<f32>| w.mapv(f64::from);
    let mean = there.mean();
    let weights = mean.parameters().into_iter().zip(gan.mean.parameters());
    let weights =
        weights.map(|(b, a)| lab::max_rel_err(&wide(&b), &wide(&a)));
    let worst = weights.fold(0.0, f64::max);
    lab.result("parity_weights_max_rel_err", worst, Within::Limit(0.05))?;
    lab.result("parity_steps", steps as f64, Within::Exactly)?;
    for (room, time) in [("plain", here_time), ("dfdx", there_time)] {
        let each = time.as_secs_f64() / steps as f64;
        let name = format!("parity_{room}_seconds_per_step");
        lab.result(&name, each, Within::Timing)?;
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "weights_part_before_losses",
        Claim::times(
            10.0,
            "parity_max_rel_err",
            "parity_weights_max_rel_err",
        ),
    )]
}
