//! The page's network takes its first steps in both rooms, from equal weights, on equal batches.

use std::time::Instant;

use gradients::plain::Parameters;
use lab::{Claim, Cost, Experiment, Lab, Resumable, Within};

use crate::on_dfdx;
use crate::run::setting::{Data, recipe};
use crate::training::{Config, Trained};

pub const EXPERIMENT: Experiment = Experiment {
    name: "first steps",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps: u64 = lab.by_scale(2, 5, 5);
    let data = Data::load(lab)?;
    let config =
        Config { batch: lab.by_scale(4, 32, 32), ..recipe(lab, &data) };
    let mut here = data.training(config, lab.seed())?;
    let there = data.training(config, lab.seed())?;
    let start = Instant::now();
    for _ in 0..steps {
        here.step()?;
    }
    let plain = start.elapsed().as_secs_f64();
    let there: anyhow::Result<_> = lab::on_device!(lab.device(), |dev| {
        let mut there = on_dfdx::Training::new(&dev, there);
        let start = Instant::now();
        for _ in 0..steps {
            there.step()?;
        }
        let seconds = start.elapsed().as_secs_f64();
        Ok((there.losses(), there.model().encoder, seconds))
    });
    let (losses, encoder, other) = there?;
    let mine = here.losses();
    let apart = |(a, b): (&f32, &f32)| f64::from((a - b).abs() / a.abs());
    let pairs = || mine.iter().zip(&losses);
    let worst = pairs().map(apart).fold(0.0, f64::max);
    lab.result("parity_max_rel_err", worst, Within::Limit(1e-2))?;
    let first = pairs().next().map_or(f64::INFINITY, apart);
    lab.result("parity_first_step_rel_err", first, Within::Limit(1e-5))?;
    let weights = encoder.parameters();
    let weights = weights.iter().zip(here.encoder.net.parameters());
    let apart = weights.map(|(a, b)| {
        lab::max_rel_err(&a.mapv(f64::from), &b.mapv(f64::from))
    });
    let worst = apart.fold(0.0, f64::max);
    lab.result("parity_weights_max_rel_err", worst, Within::Limit(0.05))?;
    lab.result("parity_steps", steps as f64, Within::Exactly)?;
    let images = config.batch as f64;
    lab.result("parity_images", images, Within::Exactly)?;
    for (room, seconds) in [("plain", plain), ("dfdx", other)] {
        let name = format!("parity_{room}_seconds_per_step");
        lab.result(&name, seconds / steps as f64, Within::Timing)?;
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "the_rooms_agree_at_first",
        Claim::less("parity_max_rel_err", 1e-3),
    )]
}
