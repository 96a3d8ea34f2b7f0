//! One step of the discriminator: two batches through the same parameters, two gradients back.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements, Node};

pub const EXPERIMENT: Experiment = Experiment {
    name: "two batches",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("two_batches", draw)],
    claims: Vec::new,
};

/// Where the row of real inputs lies, and that of fakes.
const ROWS: (f64, f64) = (70.0, 196.0);

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 288.0);
    let (above, below) = ROWS;
    let z = it.array((34.0, below), (4, 2), ("z", "[B', Z]"));
    let g =
        it.block((112.0, below), (64.0, 62.0), ("G", "still"), Look::Still);
    let real = it.array((196.0, above), (5, 3), ("real", "[B, X]"));
    let fake = it.array((196.0, below), (3, 3), ("fake", "[B', X]"));
    let middle = (above + below) / 2.0;
    let d = it.block(
        (290.0, middle),
        (68.0, 210.0),
        ("D", "moves"),
        Look::Moves(0),
    );
    it.arrow(&[z.right(-9.0), g.left(-9.0)], Flow::Forward);
    it.arrow(&[g.right(-9.0), fake.left(-9.0)], Flow::Forward);
    it.cut(((g.right(0.0).0 + fake.left(0.0).0) / 2.0, below + 9.0));
    scored(&mut it, (real, 5, "[B, 1]"), d, above - middle, "target 1");
    scored(&mut it, (fake, 3, "[B', 1]"), d, below - middle, "target 0");
    it.text((6.0, 272.0), "In D the two gradients are added.");
    it.svg()
}

/// A batch, its logits and its part of the loss, `by` pixels below the middle of D.
fn scored(
    it: &mut Diagram,
    (batch, rows, shape): (Node, usize, &str),
    d: Node,
    by: f64,
    target: &str,
) {
    let y = d.left(by).1;
    let s = it.array((368.0, y), (rows, 1), ("s", shape));
    let size = (76.0, 56.0);
    let loss = it.block((440.0, y), size, ("loss", target), Look::Still);
    it.arrow(&[batch.right(-9.0), d.left(by - 9.0)], Flow::Forward);
    it.arrow(&[d.right(by - 9.0), s.left(-9.0)], Flow::Forward);
    it.arrow(&[s.right(-9.0), loss.left(-9.0)], Flow::Forward);
    it.arrow(&[loss.left(9.0), s.right(9.0)], Flow::Gradient(1));
    it.arrow(&[s.left(9.0), d.right(by + 9.0)], Flow::Gradient(1));
}
