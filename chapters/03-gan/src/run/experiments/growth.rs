//! Pictures of the digits' generator: on its way, and between two noises.

use lab::{History, ImageGrid, Lab};
use ndarray::Array2;

use crate::digits::unit;
use crate::plain::interpolate;
use crate::run::drawn::{FIXED, push_rows};
use crate::training::Players;

/// The same noise at every milestone: one column for each.
pub fn growth(lab: &Lab, history: &History) -> anyhow::Result<()> {
    let mut grid = ImageGrid::new(history.len());
    for row in 0..FIXED {
        for (_, seen) in history {
            let pixels = seen[784 * row..784 * (row + 1)].to_vec();
            let image = Array2::from_shape_vec((1, 784), pixels)?;
            push_rows(&mut grid, &unit(image));
        }
    }
    lab.image("growth", &grid)
}

/// From one noise to the next, along the sphere.
pub fn between(lab: &Lab, gan: &dyn Players) -> anyhow::Result<()> {
    let (columns, g) = (12, gan.mean());
    let ends = gan.config().noise.sample(7, &mut lab.rng("ends")); // [7, Z]
    let mut grid = ImageGrid::new(columns);
    for n in 0..6 {
        let (a, b) = (ends.row(n).to_owned(), ends.row(n + 1).to_owned());
        let mut z = Array2::zeros((columns, a.len())); // [12, Z]
        for (i, mut row) in z.rows_mut().into_iter().enumerate() {
            let t = i as f32 / (columns - 1) as f32;
            row.assign(&interpolate(&a, &b, t));
        }
        push_rows(&mut grid, &unit(g.output(&z)));
    }
    lab.image("between", &grid)
}
