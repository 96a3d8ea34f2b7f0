//! The upper part of a digit is given; the model draws the rest, several times.

use lab::{ImageGrid, Lab};
use ndarray::{Array2, s};

use super::push;
use crate::run::given::upper_codes;
use crate::run::learnt::Learnt;
use crate::sampling::complete;

/// Rows of codes that are given, of seven; their codes, and their pixels.
pub(super) const ROWS: usize = 4;
pub(super) const GIVEN: usize = 7 * ROWS;
pub(super) const PIXELS: usize = 28 * 4 * ROWS;

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let (x, tokeniser) = (it.world.digits(10), &it.world.tokeniser);
    let start = upper_codes(tokeniser, x.clone(), ROWS)?; // [10, 28]
    let mut given = x.clone();
    given.slice_mut(s![.., PIXELS..]).fill(0.35); // grey: not given
    let mut columns = vec![x.clone(), tokeniser.reconstruct(&x)?, given];
    columns.extend(several(lab, it, &start, 6)?);
    lab.image("completions", &beside(&columns))
}

/// Some completions of each digit, in pixels. `[N, 784]` each
pub(super) fn several(
    lab: &Lab,
    it: &Learnt,
    start: &Array2<usize>, // [N, G]
    tries: u64,
) -> anyhow::Result<Vec<Array2<f32>>> {
    let one = |n| {
        let seed = lab.seed().wrapping_add(n);
        let done = complete(&it.prior, start, 1.0, seed)?; // [N, 49]
        Ok(it.world.tokeniser.decode(&done)?) // [N, 784]
    };
    (0..tries).map(one).collect()
}

/// A line for each digit.
pub(super) fn beside(columns: &[Array2<f32>]) -> ImageGrid {
    let mut grid = ImageGrid::new(columns.len());
    for n in 0..columns[0].nrows() {
        for column in columns {
            push(&mut grid, &column.slice(s![n..=n, ..]).to_owned());
        }
    }
    grid
}
