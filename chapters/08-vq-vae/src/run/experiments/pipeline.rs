//! From a picture to bytes and back: what is sent, and who has to know what.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

use crate::training::Sizes;

pub const EXPERIMENT: Experiment = Experiment {
    name: "pipeline",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("pipeline", draw)],
    claims: Vec::new,
};

/// Where the sender's parts stand, what both have, and the receiver's.
const SENDER: f64 = 86.0;
const BOTH: f64 = 240.0;
const RECEIVER: f64 = 394.0;

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let sizes = Sizes::default();
    let (k, d, places) = (sizes.codes, sizes.width, sizes.places());
    let mut it = Diagram::new(480.0, 548.0);
    it.title((34.0, 12.0), "The sender");
    it.title((334.0, 12.0), "The receiver");
    let [latents, map] = [format!("[{places}, {d}]"), format!("[{places}]")];
    for (x, names) in [
        (SENDER, ["picture", "z_e", "codes"]),
        (RECEIVER, ["picture again", "z_q", "codes"]),
    ] {
        it.array((x, 64.0), (4, 4), (names[0], "[784]"));
        it.array((x, 218.0), (3, 3), (names[1], &latents));
        it.array((x, 370.0), (1, 7), (names[2], &map));
    }
    let size = (152.0, 50.0);
    for (x, name) in [(SENDER, "encoder"), (RECEIVER, "decoder")] {
        it.block((x, 144.0), size, (name, "a network"), Look::Moves(0));
    }
    let mut block = |x: f64, y: f64, name: &str, word: &str| {
        it.block((x, y), size, (name, word), Look::Still)
    };
    let choice = block(SENDER, 300.0, "choice", "distance, price");
    let writes = block(SENDER, 440.0, "range coder", "writes");
    let lookup = block(RECEIVER, 300.0, "lookup", "row k");
    let reads = block(RECEIVER, 440.0, "range coder", "reads");

    let table = format!("[{places}, {k}]");
    let prices = it.array((BOTH, 218.0), (2, 4), ("prices", &table));
    let list =
        it.array((BOTH, 300.0), (4, 2), ("codebook", &format!("[{k}, {d}]")));
    let shares = it.array((BOTH, 440.0), (2, 4), ("tables", &table));
    let bytes = it.array((BOTH, 514.0), (1, 6), ("bytes", "the file"));

    for (from, to) in [(104.0, 119.0), (169.0, 184.0), (254.0, 275.0)] {
        it.arrow(&[(SENDER, from), (SENDER, to)], Flow::Forward);
        it.arrow(&[(RECEIVER, to), (RECEIVER, from)], Flow::Forward);
    }
    for (from, to) in [(325.0, 342.0), (397.0, 415.0)] {
        it.arrow(&[(SENDER, from), (SENDER, to)], Flow::Forward);
        it.arrow(&[(RECEIVER, to), (RECEIVER, from)], Flow::Forward);
    }
    let corner = (150.0, prices.left(0.0).1);
    let way = [prices.left(0.0), corner, choice.top(150.0 - SENDER)];
    it.arrow(&way, Flow::Forward);
    it.arrow(&[list.left(0.0), choice.right(0.0)], Flow::Forward);
    it.arrow(&[list.right(0.0), lookup.left(0.0)], Flow::Forward);
    it.arrow(&[shares.left(0.0), writes.right(0.0)], Flow::Forward);
    it.arrow(&[shares.right(0.0), reads.left(0.0)], Flow::Forward);
    let down = [writes.bottom(0.0), (SENDER, 514.0), bytes.left(0.0)];
    it.arrow(&down, Flow::Forward);
    let up = [bytes.right(0.0), (RECEIVER, 514.0), reads.bottom(0.0)];
    it.arrow(&up, Flow::Forward);
    it.svg()
}
