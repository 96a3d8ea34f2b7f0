//! A 3 × 3 window becomes a row, and a convolution one product.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

use crate::plain::neighbours;

pub const EXPERIMENT: Experiment = Experiment {
    name: "unrolled",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("unrolled", draw)],
    claims: Vec::new,
};

/// Lines and columns of the grid, and the place whose row is shown.
const SIDE: usize = 4;
const PLACE: usize = 7;

/// The side of a place, and what a cell of `Diagram::array` measures.
const CELL: f64 = 28.0;
const SMALL: f64 = 9.0;

/// The name of a place: a letter.
fn letter(place: usize) -> String {
    ('a'..).nth(place).unwrap_or('?').to_string()
}

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 374.0);
    it.title((16.0, 14.0), "x: a grid");
    let near = neighbours(PLACE, SIDE);
    for place in 0..SIDE * SIDE {
        let at = |n: usize| CELL * (n as f64 + 0.5);
        let at = (16.0 + at(place % SIDE), 30.0 + at(place / SIDE));
        let look = match near.contains(&Some(place)) {
            true => Look::Moves(0),
            false => Look::Still,
        };
        it.block(at, (CELL, CELL), (&letter(place), ""), look);
    }
    it.title((200.0, 22.0), "around h, line by line");
    for (tap, near) in near.into_iter().enumerate() {
        let at = (214.0 + CELL * tap as f64, 58.0);
        let (name, look) = match near {
            Some(place) => (letter(place), Look::Moves(0)),
            None => ("0".into(), Look::Still),
        };
        it.block(at, (CELL, CELL), (&name, ""), look);
    }
    it.arrow(&[(130.0, 58.0), (198.0, 58.0)], Flow::Forward);
    it.text((236.0, 92.0), "C numbers in each,");
    it.text((236.0, 112.0), "zeros beyond the edge");

    let (y, rows) = (270.0, SIDE * SIDE);
    let cols = it.array((104.0, y), (rows, 9), ("cols(x)", "[N, 9C]"));
    it.array((246.0, y), (9, 4), ("W", "[9C, O]"));
    let made = it.array((380.0, y), (rows, 4), ("conv(x)", "[N, O]"));
    it.title((188.0, y), "·");
    it.title((308.0, y), "=");
    let row = SMALL * (PLACE as f64 + 0.5) - SMALL * rows as f64 / 2.0;
    for (of, wide) in [(104.0, 9.0), (380.0, 4.0)] {
        let size = (SMALL * wide + 8.0, SMALL + 6.0);
        it.block((of, y + row), size, ("", ""), Look::Moves(0));
    }
    let to = cols.left(row);
    let way =
        [(214.0, 72.0), (214.0, 164.0), (30.0, 164.0), (30.0, to.1), to];
    it.arrow(&way, Flow::Forward);
    it.text((made.right(0.0).0 + 12.0, y + row), "at h");
    it.svg()
}
