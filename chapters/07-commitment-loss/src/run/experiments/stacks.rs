//! Two codebooks one after another, and two side by side.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements, Node};

pub const EXPERIMENT: Experiment = Experiment {
    name: "stacks",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("stacks", draw)],
    claims: Vec::new,
};

const LIST: (f64, f64) = (96.0, 40.0);

/// Both, one below the other.
fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 372.0);
    it.title((6.0, 14.0), "one after another: each looks up what is left");
    residual(&mut it, 66.0);
    it.title((6.0, 246.0), "side by side: each looks up its part");
    product(&mut it, 318.0);
    it.svg()
}

fn residual(it: &mut Diagram, y: f64) {
    let mark = |it: &mut Diagram, at, sign| {
        it.block(at, (28.0, 28.0), (sign, ""), Look::Still)
    };
    let left =
        |it: &mut Diagram, x, name| it.array((x, y), (1, 4), (name, ""));
    let z = left(it, 36.0, "z = r₁");
    let minus = [mark(it, (140.0, y), "−"), mark(it, (312.0, y), "−")];
    let rest = [left(it, 206.0, "r₂"), left(it, 380.0, "r₃")];
    it.text((410.0, y), "…");
    let plus = mark(it, (284.0, y + 136.0), "+");
    let sum = it.array((420.0, y + 136.0), (1, 4), ("z_q", "[N, C]"));
    let lists = [(112.0, "codebook 1"), (284.0, "codebook 2")];
    let lists = lists.map(|(x, name)| {
        it.block((x, y + 72.0), LIST, (name, ""), Look::Moves(0))
    });
    for (n, from) in [z, rest[0]].into_iter().enumerate() {
        let (bottom, list) = (from.bottom(0.0), lists[n].left(0.0));
        let found = [lists[n].top(28.0), minus[n].bottom(0.0)];
        it.arrow(&[from.right(0.0), minus[n].left(0.0)], Flow::Forward);
        it.arrow(&[bottom, (bottom.0, list.1), list], Flow::Forward);
        it.arrow(&found, Flow::Forward);
        it.text((found[1].0 + 8.0, y + 33.0), ["e⁽¹⁾", "e⁽²⁾"][n]);
        it.arrow(&[minus[n].right(0.0), rest[n].left(0.0)], Flow::Forward);
    }
    let (first, plus_left) = (lists[0].bottom(0.0), plus.left(0.0));
    it.arrow(&[first, (first.0, plus_left.1), plus_left], Flow::Forward);
    it.arrow(&[lists[1].bottom(0.0), plus.top(0.0)], Flow::Forward);
    it.arrow(&[plus.right(0.0), sum.left(0.0)], Flow::Forward);
}

fn product(it: &mut Diagram, y: f64) {
    let z = it.array((52.0, y), (1, 8), ("z", "[N, C]"));
    let whole = it.array((432.0, y), (1, 8), ("z_q", ""));
    let parts = [
        (y - 26.0, "z⁽¹⁾", "codebook 1", whole.top(-24.0)),
        (y + 26.0, "z⁽²⁾", "codebook 2", whole.bottom(-24.0)),
    ];
    for (y, name, list, end) in parts {
        let part: Node = it.array((164.0, y), (1, 4), (name, ""));
        let list = it.block((272.0, y), LIST, (list, ""), Look::Moves(0));
        let (from, to) = (z.right(0.0), part.left(0.0));
        let split = (from.0 + 22.0, from.1);
        let way = [from, split, (split.0, to.1), to];
        it.arrow(&way, Flow::Forward);
        it.arrow(&[part.right(0.0), list.left(0.0)], Flow::Forward);
        let (from, corner) = (list.right(0.0), (end.0, y));
        it.arrow(&[from, corner, end], Flow::Forward);
    }
}
