//! Space to depth: pixels that stand in a patch come to stand in a row.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "depth",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("depth", draw)],
    claims: Vec::new,
};

/// Lines and columns of the picture, and of a patch.
const SIDE: usize = 4;
const PATCH: usize = 2;

/// The side of a number's box.
const CELL: f64 = 30.0;

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 204.0);
    it.title((14.0, 14.0), "a picture");
    it.title((336.0, 14.0), "its patches");
    let (left, right, top) = (16.0, 336.0, 34.0);
    let many = SIDE / PATCH;
    for n in 0..SIDE * SIDE {
        let (line, column) = (n / SIDE, n % SIDE);
        let patch = line / PATCH * many + column / PATCH;
        let pixel = line % PATCH * PATCH + column % PATCH;
        let look = match patch {
            1 => Look::Moves(0),
            _ => Look::Still,
        };
        for (x, row, column) in [(left, line, column), (right, patch, pixel)]
        {
            let at = |n: usize| CELL * (n as f64 + 0.5);
            let place = (x + at(column), top + at(row));
            it.block(place, (CELL, CELL), (&n.to_string(), ""), look);
        }
    }
    it.text((42.0, 172.0), "4 × 4 × 1");
    it.text((362.0, 172.0), "2 × 2 × 4");
    let (from, to) = (150.0, 322.0);
    it.arrow(&[(from, 78.0), (to, 78.0)], Flow::Forward);
    it.text((174.0, 60.0), "space to depth");
    it.arrow(&[(to, 112.0), (from, 112.0)], Flow::Gradient(1));
    it.text((174.0, 130.0), "depth to space");
    it.text((14.0, 194.0), "lines × columns × channels");
    it.svg()
}
