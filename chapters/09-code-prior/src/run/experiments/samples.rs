//! Samples: many, and some at several temperatures.

use lab::{Claim, ImageGrid, Lab, Within};

use super::push;
use crate::plain::bits_per_image;
use crate::run::learnt::Learnt;
use crate::sampling::sample;

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let (prior, seed) = (&it.prior, lab.seed());
    let tokeniser = &it.world.tokeniser;
    let n = lab.by_scale(32, 128, 128);
    let drawn = sample(prior, n, 1.0, seed)?; // [128, 49]
    let mut grid = ImageGrid::new(16);
    push(&mut grid, &tokeniser.decode(&drawn)?);
    lab.image("samples", &grid)?;

    let mut grid = ImageGrid::new(16);
    for temperature in [0.5, 0.8, 1.0, 1.3, 2.0] {
        let codes = sample(prior, 16, temperature, seed)?; // [16, 49]
        push(&mut grid, &tokeniser.decode(&codes)?);
    }
    lab.image("temperatures", &grid)?;
    // Of many: what they cost the model that drew them.
    let n = lab.by_scale(100, 2000, 2000);
    let codes = sample(prior, n, 1.0, seed.wrapping_add(1))?; // [N, 49]
    let bits = bits_per_image(&prior.nats(&codes)?);
    lab.result("bits_of_samples", bits, Within::Relative(0.05))
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "samples_cost_what_digits_cost",
        Claim::equal(
            2.0,
            "bits_of_samples",
            "bits_prior",
            "bits_unigram_per_place",
        ),
    )]
}
