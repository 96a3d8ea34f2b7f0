//! A half, encoder or decoder, with its residual blocks and the shapes of its weights.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

use crate::training::Sizes;

pub const EXPERIMENT: Experiment = Experiment {
    name: "half",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("half", draw)],
    claims: Vec::new,
};

/// A half: the widths of its layers, and the two ways around each convolution.
fn draw(_: &Measurements) -> anyhow::Result<String> {
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
