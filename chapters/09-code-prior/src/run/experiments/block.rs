//! A block of the transformer: what it adds to its rows, with shapes, and the gradient's straight way.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements, Node};

pub const EXPERIMENT: Experiment = Experiment {
    name: "block",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("block", draw)],
    claims: Vec::new,
};

/// Of the rows, and of the two halves beside them.
const ROWS: f64 = 74.0;
const BESIDE: f64 = 320.0;

/// What has parameters; and the one box in which places meet.
const LEARNT: Look = Look::Moves(0);
const MEETING: Look = Look::Moves(1);

/// Boxes of a half, from its first to its last: name, shape, look.
type Half = [(&'static str, &'static str, Look)];

const ATTENTION: &Half = &[
    ("norm", "[B·T, W]", LEARNT),
    ("queries, keys, values", "three of [B·T, W]", LEARNT),
    ("attention in H heads", "weights [T, T] each", MEETING),
    ("Wₒ", "[B·T, W]", LEARNT),
];
const NETWORK: &Half = &[
    ("norm", "[B·T, W]", LEARNT),
    ("linear, then ReLU", "[B·T, 4W]", LEARNT),
    ("linear", "[B·T, W]", LEARNT),
];

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 552.0);
    let (x, sum) = half(&mut it, 36.0, ("x", ATTENTION));
    let (between, next) = half(&mut it, 310.0, ("x′", NETWORK));
    let y = it.block((ROWS, 518.0), WIDE, ("y", SHAPE), Look::Still);
    for (from, to) in [(x, sum), (sum, between), (between, next), (next, y)] {
        it.arrow(&[from.bottom(-10.0), to.top(-10.0)], Flow::Forward);
        it.arrow(&[to.top(10.0), from.bottom(10.0)], Flow::Gradient(3));
    }
    it.text((150.0, 508.0), "solid: rows;");
    it.text((150.0, 530.0), "dashed: the gradient's straight way");
    it.svg()
}

const WIDE: (f64, f64) = (110.0, 50.0);
const SHAPE: &str = "[B·T, W]";

/// A half beginning at a height: its rows, the boxes that read them, the sum. Gives the rows and the sum.
fn half(
    it: &mut Diagram,
    top: f64,
    (name, boxes): (&str, &Half),
) -> (Node, Node) {
    let rows = it.block((ROWS, top), WIDE, (name, SHAPE), Look::Still);
    let mut from = rows.right(0.0);
    let mut last = top;
    for (n, &(name, word, look)) in boxes.iter().enumerate() {
        last = top + 66.0 * n as f64;
        let this =
            it.block((BESIDE, last), (210.0, 46.0), (name, word), look);
        let to = if n == 0 { this.left(0.0) } else { this.top(0.0) };
        it.arrow(&[from, to], Flow::Forward);
        from = this.bottom(0.0);
    }
    let size = (46.0, 30.0);
    let sum = it.block((ROWS, last), size, ("+", ""), Look::Still);
    let side = BESIDE - 105.0;
    it.arrow(&[(side, last), sum.right(0.0)], Flow::Forward);
    (rows, sum)
}
