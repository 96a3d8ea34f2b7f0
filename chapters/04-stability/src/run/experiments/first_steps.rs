//! The first steps of the digits' pair in both rooms.

use std::time::{Duration, Instant};

use judge::training_digits;
use lab::{Cost, Experiment, Lab, Resumable, Within};

use crate::digits::{pair, recipe, sizes};
use crate::on_dfdx;
use crate::pair::Players;

pub const EXPERIMENT: Experiment = Experiment {
    name: "first steps",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims: Vec::new,
};

/// Both take their first steps from equal weights, on equal batches and noise.
fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps: u64 = lab.by_scale(3, 5, 5);
    let train = training_digits(lab)?;
    let start = || pair(recipe(1000), sizes(lab), lab.seed(), &train);
    let (mut here, plain) = (start()?, start()?);
    let there: anyhow::Result<Box<dyn Players>> =
        lab::on_device!(lab.device(), |dev| {
            Ok(Box::new(on_dfdx::pair::Pair::new(&dev, plain)) as Box<_>)
        });
    let mut there = there?;
    let mut times = [Duration::ZERO; 2];
    for _ in 0..steps {
        let start = Instant::now();
        here.step()?;
        times[0] += start.elapsed();
        let start = Instant::now();
        there.step()?;
        times[1] += start.elapsed();
    }
    let apart =
        |(a, b): (&f32, &f32)| f64::from((a - b).abs() / a.abs().max(1e-6));
    let (ours, theirs) = (here.losses(), there.losses());
    let pairs = ours.iter().flatten().zip(theirs.iter().flatten());
    let worst = pairs.map(apart).fold(0.0, f64::max);
    lab.result("parity_max_rel_err", worst, Within::Limit(1e-2))?;
    let first = apart((&ours[0][0], &theirs[0][0]));
    lab.result("parity_first_step_rel_err", first, Within::Limit(1e-5))?;
    lab.result("parity_steps", steps as f64, Within::Exactly)?;
    for (room, time) in ["plain", "dfdx"].into_iter().zip(times) {
        let each = time.as_secs_f64() / steps as f64;
        let named = format!("parity_{room}_seconds_per_step");
        lab.result(&named, each, Within::Timing)?;
    }
    Ok(())
}
