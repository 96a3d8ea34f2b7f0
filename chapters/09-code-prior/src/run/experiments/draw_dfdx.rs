//! The page's prior over fewer steps in either room, from equal starts, to the end; then samples from the device.

use std::time::Instant;

use judge::Judge;
use lab::{Claim, Cost, Experiment, ImageGrid, Lab, Room, Within};
use vq_vae::training::mse_over_variance;

use super::{first, judged, push};
use crate::model::Prior;
use crate::on_dfdx;
use crate::plain::bits_per_image;
use crate::run::learnt::{config, trained};
use crate::run::world::World;
use crate::sampling::sample;
use crate::training::Config;

pub const EXPERIMENT: Experiment = Experiment {
    name: "draw-dfdx",
    cost: Cost::Asked,
    measure,
    figures: &[],
    claims,
};

/// The codes' tokeniser is that of an earlier run, or else is trained in the plain room, and at full scale on the device
/// as well. Samples are drawn on the device too.
fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    lab.enter(lab.by_scale(Room::Plain, Room::Plain, Room::Dfdx));
    let world = World::as_left(lab)?;
    let steps = lab.by_scale(40, 2000, 12_000);
    let config = Config { steps, ..config(lab, world.tokeniser.codes()) };
    lab.result("dfdx_prior_steps", steps as f64, Within::Exactly)?;
    let codes = config.sizes.codes as f64;
    lab.result("dfdx_codes", codes, Within::Exactly)?;
    let x = world.digits(world.test_codes.nrows()); // [N, 784]
    let rebuilt = world.tokeniser.decode(&world.test_codes)?; // [N, 784]
    let distortion = mse_over_variance(&x, &rebuilt);
    lab.result("dfdx_distortion", distortion, Within::Relative(0.1))?;
    one(lab, &world, "plain", config)?;
    lab.enter(Room::Dfdx);
    let prior = one(lab, &world, "dfdx", config)?;
    samples(lab, &world, &prior)
}

/// A prior trained in the lab's room, and what a test digit costs it.
fn one(
    lab: &mut Lab,
    world: &World,
    room: &str,
    config: Config,
) -> anyhow::Result<Prior<f32>> {
    let run = format!("prior-{room}");
    let (training, _) = trained(lab, world, &run, config)?;
    let bits = bits_per_image(&training.nats(&world.test_codes)?);
    let name = format!("{room}_bits_prior");
    lab.result(&name, bits, Within::Relative(0.05))?;
    let (prior, seconds) = (training.prior(), lab.seconds(&run)?);
    let name = format!("{room}_prior_seconds");
    lab.result(&name, seconds, Within::Timing)?;
    Ok(prior)
}

/// As many as the plain room times, at temperature 1, judged and shown.
fn samples(
    lab: &mut Lab,
    world: &World,
    prior: &Prior<f32>,
) -> anyhow::Result<()> {
    let (judge, seed) = (Judge::new(lab)?, lab.seed().wrapping_add(1));
    let n = judged(lab, world);
    let start = Instant::now();
    let codes: anyhow::Result<_> = lab::on_device!(lab.device(), |dev| {
        let prior = on_dfdx::Prior::new(&dev, prior);
        Ok(sample(&prior, n, 1.0, seed)?) // [n, 49]
    });
    let x = world.tokeniser.decode(&codes?)?; // [n, 784]
    let seconds = start.elapsed().as_secs_f64();
    lab.result("dfdx_sample_seconds", seconds, Within::Timing)?;
    let each = seconds * 1000.0 / n as f64;
    lab.result("dfdx_sample_seconds_per_1000", each, Within::Timing)?;
    let frechet = judge.judge(&x)?.frechet;
    lab.result("dfdx_samples_frechet", frechet, Within::Factor(1.6))?;
    let floor = judge.judge(&judge.held_out())?.frechet;
    lab.result("dfdx_real_frechet", floor, Within::Factor(1.6))?;
    let mut grid = ImageGrid::new(16);
    push(&mut grid, &first(&x, 128));
    lab.image("samples-dfdx", &grid)
}

/// Those of its numbers are among the chapter's: `draw`.
fn claims() -> Vec<(&'static str, Claim)> {
    vec![]
}
