//! A transformer's block: two halves that each read a normalised copy of the rows, and add what they found.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements, Node};

pub const EXPERIMENT: Experiment = Experiment {
    name: "block",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("block", draw)],
    claims: Vec::new,
};

/// The way of the rows, from above to below.
const WAY: f64 = 46.0;

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 590.0);
    let x = it.array((WAY, 52.0), (5, 4), ("x", ""));
    it.text((WAY + 30.0, 52.0), "[B·T, W]");
    let first = draw_attention(&mut it);
    let second = draw_network(&mut it);
    let y = it.array((WAY, 540.0), (5, 4), ("", ""));
    it.title((WAY + 30.0, 540.0), "y");
    it.text((WAY + 48.0, 540.0), "[B·T, W]");
    it.text((WAY + 10.0, 290.0), "x′");
    for (from, to) in [(x, first), (first, second), (second, y)] {
        it.arrow(&[from.bottom(0.0), to.top(0.0)], Flow::Forward);
    }
    it.svg()
}

/// What looks at other places; gives the sum.
fn draw_attention(it: &mut Diagram) -> Node {
    let (above, under) = (128.0, 236.0);
    let norm = it.block((118.0, above), (64.0, 46.0), ("norm", ""), LEARNT);
    it.arrow(&[(WAY, above), norm.left(0.0)], Flow::Forward);
    let three = ("linear", "three");
    let linear = it.block((216.0, above), (74.0, 46.0), three, LEARNT);
    it.arrow(&[norm.right(0.0), linear.left(0.0)], Flow::Forward);
    let heads = ("H heads", "each: W/H columns");
    let heads = it.block((382.0, under), (176.0, 50.0), heads, Look::Still);
    for (n, name) in ["q", "k", "v"].into_iter().enumerate() {
        let aside = 62.0 * (n as f64 - 1.0);
        let rows = it.array((382.0 + aside, above), (5, 4), (name, ""));
        if n == 0 {
            it.arrow(&[linear.right(0.0), rows.left(0.0)], Flow::Forward);
        }
        it.arrow(&[rows.bottom(0.0), heads.top(aside)], Flow::Forward);
    }
    it.text((288.0, 76.0), "[B·T, W] each");
    let found = it.array((258.0, under), (5, 4), ("", "[B·T, W]"));
    it.arrow(&[heads.left(0.0), found.right(0.0)], Flow::Forward);
    let out = it.block((160.0, under), (74.0, 46.0), ("linear", ""), LEARNT);
    it.arrow(&[found.left(0.0), out.right(0.0)], Flow::Forward);
    draw_sum(it, out, under)
}

/// What works at each place alone; gives the sum.
fn draw_network(it: &mut Diagram) -> Node {
    let (above, under) = (340.0, 440.0);
    let norm = it.block((118.0, above), (64.0, 46.0), ("norm", ""), LEARNT);
    it.arrow(&[(WAY, above), norm.left(0.0)], Flow::Forward);
    let linear =
        it.block((216.0, above), (74.0, 46.0), ("linear", ""), LEARNT);
    it.arrow(&[norm.right(0.0), linear.left(0.0)], Flow::Forward);
    let wide = ("ReLU", "");
    let hidden = it.array((382.0, above), (5, 16), wide);
    it.text((330.0, above + 36.0), "[B·T, 4W]");
    it.arrow(&[linear.right(0.0), hidden.left(0.0)], Flow::Forward);
    let down = it.block((216.0, under), (74.0, 46.0), ("linear", ""), LEARNT);
    let way = [(436.0, above + 22.5), (436.0, under), down.right(0.0)];
    it.arrow(&way, Flow::Forward);
    draw_sum(it, down, under)
}

/// The sum of the rows and of what a half has found.
fn draw_sum(it: &mut Diagram, found: Node, y: f64) -> Node {
    let sum = it.block((WAY, y), (32.0, 32.0), ("+", ""), Look::Still);
    it.arrow(&[found.left(0.0), sum.right(0.0)], Flow::Forward);
    sum
}

/// Its numbers are learnt.
const LEARNT: Look = Look::Moves(0);
