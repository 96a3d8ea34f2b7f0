//! What a convolution does at one place: sixteen places become a row, a product makes one place of it.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "window",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("window", draw)],
    claims: Vec::new,
};

/// Pixels of a cell, as arrays have them.
const CELL: f64 = 9.0;

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 190.0);
    let (y, ours) = (96.0, Look::Moves(0));
    it.array((50.0, y), (8, 8), ("x", "8 × 8 × C"));
    let side = 4.0 * CELL;
    // It begins a place before the third place: columns 2 to 5 of the grid, counted from 1.
    let at = (50.0 - 4.0 * CELL + CELL + side / 2.0, y - CELL);
    let window = it.block(at, (side, side), ("", ""), ours);
    let row = it.array((216.0, y), (1, 16), ("its 16 places", "[16 C]"));
    it.arrow(&[window.right(0.0), row.left(0.0)], Flow::Forward);
    let w = it.block((346.0, y), (50.0, 50.0), ("W", ""), Look::Still);
    it.arrow(&[row.right(0.0), w.left(0.0)], Flow::Forward);
    it.array((430.0, y), (4, 4), ("y", "4 × 4 × O"));
    let at = (430.0 - CELL / 2.0, y - CELL / 2.0);
    let place = it.block(at, (CELL, CELL), ("", ""), ours);
    it.arrow(&[w.right(-CELL / 2.0), place.left(0.0)], Flow::Forward);
    it.text((6.0, 176.0), "transposed: the same ways, from y back to x");
    it.svg()
}
