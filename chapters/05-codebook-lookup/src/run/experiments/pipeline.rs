//! From a digit to 49 numbers, and from these to a digit.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "pipeline",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("pipeline", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 344.0);
    let (above, below) = (70.0, 280.0);
    let block = |it: &mut Diagram, at, width, name| {
        it.block(at, (width, 46.0), (name, ""), Look::Still)
    };
    let digit = it.array((42.0, above), (7, 7), ("digit", "[28, 28]"));
    let cut = block(&mut it, (126.0, above), 52.0, "cut");
    let z = it.array((198.0, above), (7, 3), ("patches", "[49, 16]"));
    let lookup = block(&mut it, (284.0, above), 72.0, "lookup");
    let k = it.array((370.0, above), (7, 1), ("codes", "[49]"));
    for (from, to) in [(digit, cut), (cut, z), (z, lookup), (lookup, k)] {
        it.arrow(&[from.right(0.0), to.left(0.0)], Flow::Forward);
    }
    it.text((390.0, above - 10.0), "this is");
    it.text((390.0, above + 10.0), "stored");

    let table = it.array((284.0, 175.0), (6, 3), ("", ""));
    it.title((186.0, 166.0), "codebook");
    it.text((186.0, 186.0), "[K, 16]");
    let gather = block(&mut it, (284.0, below), 72.0, "gather");
    it.arrow(&[table.top(0.0), lookup.bottom(0.0)], Flow::Forward);
    it.arrow(&[table.bottom(0.0), gather.top(0.0)], Flow::Forward);
    let way = [
        (k.right(0.0).0 - 4.5, above + 56.0),
        (k.right(0.0).0 - 4.5, below),
        gather.right(0.0),
    ];
    it.arrow(&way, Flow::Forward);
    let z_q = it.array((198.0, below), (7, 3), ("rows", "[49, 16]"));
    let join = block(&mut it, (126.0, below), 52.0, "join");
    let made = it.array((42.0, below), (7, 7), ("digit, about", "[28, 28]"));
    for (from, to) in [(gather, z_q), (z_q, join), (join, made)] {
        it.arrow(&[from.left(0.0), to.right(0.0)], Flow::Forward);
    }
    it.svg()
}
