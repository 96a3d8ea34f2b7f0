//! Maps while they are drawn: what is not there yet has the commonest code of its place.

use lab::{ImageGrid, Lab};
use ndarray::s;

use super::{commonest, push};
use crate::run::learnt::Learnt;
use crate::sampling::sample;

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let drawn = sample(&it.prior, 6, 1.0, lab.seed())?; // [6, 49]
    let common = commonest(&it.world); // [49]
    let mut grid = ImageGrid::new(8);
    for row in drawn.rows() {
        for done in (0..=49).step_by(7) {
            let mut map = common.clone(); // [49]
            map.slice_mut(s![..done]).assign(&row.slice(s![..done]));
            let map = map.insert_axis(ndarray::Axis(0)); // [1, 49]
            push(&mut grid, &it.world.tokeniser.decode(&map)?);
        }
    }
    lab.image("growth", &grid)
}
