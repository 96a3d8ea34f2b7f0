//! Digits growing out of noise: what the same noise becomes in the course of a short training.

use gan::digits::unit;
use judge::training_digits;
use lab::{Cost, Experiment, ImageGrid, Lab, Within, rng_at};
use ndarray::ArrayView2;

use crate::digits::{pair, recipe, sizes};
use crate::pair::in_room;

pub const EXPERIMENT: Experiment = Experiment {
    name: "growing",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims: Vec::new,
};

/// Pictures of a row.
const SHOWN: usize = 10;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps: [u64; 6] = lab.by_scale(
        [0, 1, 2, 3, 4, 5],
        [0, 30, 100, 300, 1_000, 4_000],
        [0, 30, 100, 300, 1_000, 8_000],
    );
    let last = steps[steps.len() - 1];
    let train = training_digits(lab)?;
    let start = pair(recipe(last), sizes(lab), lab.seed(), &train)?;
    let noise = start.config.noise;
    let z = noise.sample(SHOWN, &mut rng_at(lab.seed(), 0x6120)); // [10, Z]
    let mut pair = in_room(lab, start)?;
    let seen =
        lab.train_and_observe("growing", steps, &mut pair, |pair| {
            unit(pair.mean().output(&z)).into_iter().collect() // 10 · 784
        })?;
    let mut grid = ImageGrid::new(SHOWN);
    for (_, row) in &seen {
        for image in row.chunks_exact(28 * 28) {
            let image = ArrayView2::from_shape((28, 28), image)?;
            grid.push(image, 0.0, 1.0);
        }
    }
    lab.image("growing", &grid)?;
    for (n, step) in steps.into_iter().enumerate() {
        let named = format!("growing_step_{n}");
        lab.result(&named, step as f64, Within::Exactly)?;
    }
    Ok(())
}
