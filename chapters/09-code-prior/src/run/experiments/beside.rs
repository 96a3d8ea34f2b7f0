//! One table: the floor, reconstructions, codes without a prior, this chapter's samples, chapter 3's.

use std::time::Instant;

use gan::digits::unit;
use lab::{ImageGrid, Lab, Within};
use ndarray::Array2;

use super::judging::{DRAWS, Judging};
use super::without::independent;
use super::{first, push};
use crate::plain::shares_by_place;
use crate::run::generator::Generator;
use crate::run::world::World;

/// Judges all but the prior, whose samples are given, and returns the GAN's.
pub(super) fn measure(
    lab: &mut Lab,
    world: &World,
    judging: &Judging,
    drawn: &[Array2<f32>],
) -> anyhow::Result<Vec<Array2<f32>>> {
    judging.once(lab, "real", &judging.held_out)?;
    let rebuilt = world.tokeniser.reconstruct(&judging.held_out)?; // [N, 784]
    judging.once(lab, "reconstruction", &rebuilt)?;
    let shares = shares_by_place(&world.train_codes, world.tokeniser.codes()); // [49, K]
    let codes = independent(&shares, judging.n, &mut lab.rng("by place"));
    judging.once(lab, "by_place", &world.tokeniser.decode(&codes)?)?;
    let made = generated(lab, judging.n)?;
    judging.often(lab, "gan", &made)?;
    let mut grid = ImageGrid::new(judging.n.min(16));
    for x in [&judging.held_out, &rebuilt, &drawn[0], &made[0]] {
        push(&mut grid, &first(x, 16));
    }
    lab.image("beside", &grid)?;
    Ok(made)
}

/// The generator's images, for each draw of noise. `[N, 784]`
fn generated(lab: &mut Lab, n: usize) -> anyhow::Result<Vec<Array2<f32>>> {
    let generator = Generator::new(lab)?;
    lab.result("gan_train_seconds", generator.seconds, Within::Timing)?;
    let start = Instant::now();
    let one = |purpose: &str| {
        let z = generator.noise.sample(n, &mut lab.rng(purpose)); // [N, Z]
        unit(generator.net.output(&z)) // [N, 784]
    };
    let made = vec![one("judged"), one("judged-2"), one("judged-3")];
    let each = start.elapsed().as_secs_f64() * 1000.0 / (n * DRAWS) as f64;
    lab.result("gan_seconds_per_1000", each, Within::Timing)?;
    Ok(made)
}
