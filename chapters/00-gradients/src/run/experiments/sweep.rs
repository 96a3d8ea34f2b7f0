//! Two functions and a loss: forward once, and once back.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "sweep",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("sweep", draw)],
    claims: Vec::new,
};

/// Where the arrays and the functions between them stand, from left to right.
const X: [f64; 5] = [30.0, 116.0, 208.0, 300.0, 392.0];
const ARRAYS: [(&str, &str, &str, usize); 3] = [
    ("x", "d_x", "[B, I]", 3),
    ("y", "d_y", "[B, O]", 4),
    ("s", "d_s", "[B, K]", 2),
];

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 268.0);
    let (down, up) = (64.0, 186.0);
    let size = (96.0, 46.0);
    let loss =
        it.block((454.0, 125.0), (48.0, 176.0), ("L", ""), Look::Still);
    let mut ends = Vec::new();
    for (at, (name, d_name, shape, width)) in
        [0, 2, 4].into_iter().zip(ARRAYS)
    {
        let forward = it.array((X[at], down), (3, width), (name, shape));
        let back = it.array((X[at], up), (3, width), (d_name, shape));
        ends.push((forward, back));
    }
    for (n, (name, d_name)) in
        [("f", "f_backward"), ("g", "g_backward")].into_iter().enumerate()
    {
        let x = X[2 * n + 1];
        let of = it.block((x, down), size, (name, ""), Look::Still);
        let partner = it.block((x, up), size, (d_name, ""), Look::Moves(1));
        it.arrow(&[ends[n].0.right(0.0), of.left(0.0)], Flow::Forward);
        it.arrow(&[of.right(0.0), ends[n + 1].0.left(0.0)], Flow::Forward);
        it.arrow(
            &[ends[n + 1].1.left(0.0), partner.right(0.0)],
            Flow::Gradient(1),
        );
        it.arrow(
            &[partner.left(0.0), ends[n].1.right(0.0)],
            Flow::Gradient(1),
        );
        it.arrow(&[of.bottom(0.0), partner.top(0.0)], Flow::Forward);
        it.text((x + 6.0, 125.0), "kept");
    }
    let (s, d_s) = ends[2];
    it.arrow(&[s.right(0.0), loss.left(down - 125.0)], Flow::Forward);
    it.arrow(&[loss.left(up - 125.0), d_s.right(0.0)], Flow::Gradient(1));
    it.text((6.0, 252.0), "solid: numbers; dashed: the gradient");
    it.svg()
}
