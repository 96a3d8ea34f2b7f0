//! Codes drawn without a model of what goes together.

use lab::{ImageGrid, Lab};
use ndarray::Array2;
use ndarray_rand::rand::Rng;

use super::{push, unigram};
use crate::plain::shares_by_place;
use crate::run::learnt::Learnt;
use crate::sampling::sample;

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let world = &it.world;
    let k = world.tokeniser.codes();
    let rng = &mut lab.rng("without a prior");
    let uniform = Array2::from_elem((1, k), 1.0 / k as f64);
    let one = unigram(&world.train_codes, k);
    let by_place = shares_by_place(&world.train_codes, k);
    let mut grid = ImageGrid::new(16);
    for shares in [uniform, one, by_place] {
        let codes = independent(&shares, 16, rng); // [16, 49]
        push(&mut grid, &world.tokeniser.decode(&codes)?);
    }
    let drawn = sample(&it.prior, 16, 1.0, lab.seed())?; // [16, 49]
    push(&mut grid, &world.tokeniser.decode(&drawn)?);
    lab.image("without", &grid)
}

/// Codes drawn by their shares, `[1 or 49, K]`, each for itself. `[N, 49]`
pub(super) fn independent(
    shares: &Array2<f64>,
    n: usize,
    rng: &mut impl Rng,
) -> Array2<usize> {
    Array2::from_shape_fn((n, 49), |(_, i)| {
        let row = shares.row(i.min(shares.nrows() - 1)); // [K]
        let mut left: f64 = rng.random();
        let found = row.iter().position(|p| {
            left -= p;
            left < 0.0
        });
        found.unwrap_or(row.len() - 1)
    })
}
