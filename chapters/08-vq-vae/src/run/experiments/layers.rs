//! What the layers do, with their shapes: nine places in one row, and a half with its residual blocks.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

use crate::training::Sizes;

pub const EXPERIMENT: Experiment = Experiment {
    name: "layers",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("unrolled", draw_unrolled), ("half", draw_half)],
    claims: Vec::new,
};

/// A grid of 5 × 5 places of this size, around a point; which of them are filled, and with what.
fn grid(
    it: &mut Diagram,
    (x, y): (f64, f64),
    size: f64,
    filled: impl Fn(usize, usize) -> Option<String>,
) {
    for (row, column) in (0..25).map(|n| (n / 5, n % 5)) {
        let at = |n: usize| size * (n as f64 - 2.0);
        let place = (x + at(column), y + at(row));
        let name = filled(row, column);
        let look = match name {
            None => Look::Still,
            Some(_) => Look::Moves(0),
        };
        let name = name.unwrap_or_default();
        it.block(place, (size, size), (&name, ""), look);
    }
}

/// A convolution as a product: what is copied, and what it is multiplied by.
fn draw_unrolled(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 320.0);
    it.title((10.0, 12.0), "x: a grid");
    let near = |row: usize, column: usize| {
        let inside = (1..4).contains(&row) && (1..4).contains(&column);
        inside.then(|| (3 * row + column - 4).to_string())
    };
    grid(&mut it, (72.0, 90.0), 26.0, near);
    it.title((190.0, 12.0), "cols(x): one row for a place");
    for n in 0..9 {
        let place = (209.0 + 30.0 * n as f64, 60.0);
        let name = n.to_string();
        it.block(place, (30.0, 30.0), (&name, ""), Look::Moves(0));
    }
    it.arrow(&[(140.0, 60.0), (191.0, 60.0)], Flow::Forward);
    it.text((206.0, 92.0), "nine times C numbers: [9C]");
    let size = (150.0, 56.0);
    let w = it.block((329.0, 158.0), size, ("W", "[9C, O]"), Look::Moves(1));
    it.arrow(&[(329.0, 104.0), w.top(0.0)], Flow::Forward);
    let y = it.array((329.0, 250.0), (1, 5), ("", "[O]"));
    it.arrow(&[w.bottom(0.0), y.top(0.0)], Flow::Forward);
    it.title((10.0, 178.0), "y: a grid");
    let middle = |row, column| (row == 2 && column == 2).then(String::new);
    grid(&mut it, (72.0, 250.0), 24.0, middle);
    it.arrow(&[y.left(0.0), (135.0, 250.0)], Flow::Forward);
    it.svg()
}

/// A half: the widths of its layers, and the two ways around each convolution.
fn draw_half(_: &Measurements) -> anyhow::Result<String> {
    let Sizes { width, channels, patch, blocks, .. } = Sizes::default();
    let mut it = Diagram::new(480.0, 590.0);
    let (x, words) = (140.0, 240.0);
    let pixels = patch * patch;
    let input = it.array((x, 34.0), (2, 4), ("x", ""));
    it.text((words, 26.0), &format!("encoder: {pixels} pixels,"));
    it.text((words, 46.0), &format!("decoder: {width} components"));
    let (wide, low) = ((116.0, 40.0), Look::Moves(0));
    let first = it.block((x, 96.0), wide, ("1 × 1", ""), low);
    it.text((words, 96.0), &format!("[16, {channels}]"));
    // The block, and the sum that runs past it.
    it.block((125.0, 260.0), (230.0, 224.0), ("", ""), Look::Still);
    it.text((words + 8.0, 168.0), &format!("h: [N, {channels}]"));
    it.text((words + 8.0, 354.0), &format!("{blocks} such blocks"));
    let relu = it.block((x, 204.0), (84.0, 32.0), ("ReLU", ""), Look::Still);
    let conv = it.block((x, 266.0), wide, ("3 × 3", ""), low);
    it.text((words + 8.0, 266.0), &format!("[9 · {channels}, {channels}]"));
    let sum = it.block((x, 332.0), (32.0, 32.0), ("+", ""), Look::Still);
    let last_relu =
        it.block((x, 410.0), (84.0, 32.0), ("ReLU", ""), Look::Still);
    let last = it.block((x, 470.0), wide, ("1 × 1", ""), low);
    it.text((words, 470.0), &format!("[{channels}, 16]"));
    let y = it.array((x, 532.0), (2, 4), ("", "y"));
    it.text((words, 522.0), &format!("encoder: {width} components,"));
    it.text((words, 542.0), &format!("decoder: {pixels} pixels"));

    let parts = [
        (input, first),
        (first, relu),
        (relu, conv),
        (conv, sum),
        (sum, last_relu),
        (last_relu, last),
        (last, y),
    ];
    for (from, to) in parts {
        it.arrow(&[from.bottom(-7.0), to.top(-7.0)], Flow::Forward);
        it.arrow(&[to.top(7.0), from.bottom(7.0)], Flow::Gradient(1));
    }
    let (left, up, down) = (44.0, 160.0, 332.0);
    let past = [(x - 7.0, up), (left, up), (left, down), sum.left(0.0)];
    it.arrow(&past, Flow::Forward);
    let back = [
        (sum.left(0.0).0, down - 10.0),
        (left + 12.0, down - 10.0),
        (left + 12.0, up + 10.0),
        (x + 6.0, up + 10.0),
    ];
    it.arrow(&back, Flow::Gradient(1));
    it.text((6.0, 578.0), "solid: numbers; dashed: the gradient");
    it.svg()
}
