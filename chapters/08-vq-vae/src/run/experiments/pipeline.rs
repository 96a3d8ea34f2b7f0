//! From a picture to bytes and back: what is sent, who has to know what, and where the losses act in training.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements, Node};

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

/// The gradient of the error, and those of the two other terms.
const ERROR: Flow = Flow::Gradient(1);
const CODES: Flow = Flow::Gradient(2);

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let sizes = Sizes::default();
    let (k, d, places) = (sizes.codes, sizes.width, sizes.places());
    let mut it = Diagram::new(480.0, 612.0);
    it.title((34.0, 12.0), "The sender");
    it.title((334.0, 12.0), "The receiver");
    let [latents, map] = [format!("[{places}, {d}]"), format!("[{places}]")];
    let [sender, receiver] = [
        (SENDER, ["picture", "z_e", "codes"]),
        (RECEIVER, ["picture again", "z_q", "codes"]),
    ]
    .map(|(x, names)| {
        it.array((x, 410.0), (1, 7), (names[2], &map));
        let picture = it.array((x, 64.0), (4, 4), (names[0], "[784]"));
        let z = it.array((x, 222.0), (3, 3), (names[1], &latents));
        [picture, z]
    });
    let size = (152.0, 50.0);
    for (x, name) in [(SENDER, "encoder"), (RECEIVER, "decoder")] {
        it.block((x, 144.0), size, (name, "a network"), Look::Moves(0));
    }
    let mut block = |x: f64, y: f64, name: &str, word: &str| {
        it.block((x, y), size, (name, word), Look::Still)
    };
    let choice = block(SENDER, 340.0, "choice", "distance, price");
    let writes = block(SENDER, 480.0, "range coder", "writes");
    let lookup = block(RECEIVER, 340.0, "lookup", "row k");
    let reads = block(RECEIVER, 480.0, "range coder", "reads");

    let table = format!("[{places}, {k}]");
    let prices = it.array((BOTH, 410.0), (2, 4), ("prices", &table));
    let list =
        it.array((BOTH, 340.0), (4, 2), ("codebook", &format!("[{k}, {d}]")));
    let shares = it.array((BOTH, 480.0), (2, 4), ("tables", &table));
    let bytes = it.array((BOTH, 554.0), (1, 6), ("bytes", "the file"));

    for (from, to) in [
        (104.0, 119.0),
        (169.0, 187.0),
        (258.0, 315.0),
        (365.0, 382.0),
        (437.0, 455.0),
    ] {
        it.arrow(&[(SENDER, from), (SENDER, to)], Flow::Forward);
        it.arrow(&[(RECEIVER, to), (RECEIVER, from)], Flow::Forward);
    }
    let corner = (150.0, prices.left(0.0).1);
    let way = [prices.left(0.0), corner, choice.bottom(150.0 - SENDER)];
    it.arrow(&way, Flow::Forward);
    it.arrow(&[list.left(0.0), choice.right(0.0)], Flow::Forward);
    it.arrow(&[list.right(0.0), lookup.left(0.0)], Flow::Forward);
    it.arrow(&[shares.left(0.0), writes.right(0.0)], Flow::Forward);
    it.arrow(&[shares.right(0.0), reads.left(0.0)], Flow::Forward);
    let down = [writes.bottom(0.0), (SENDER, 554.0), bytes.left(0.0)];
    it.arrow(&down, Flow::Forward);
    let up = [bytes.right(0.0), (RECEIVER, 554.0), reads.bottom(0.0)];
    it.arrow(&up, Flow::Forward);
    learnt(&mut it, sender, receiver);
    it.text((6.0, 598.0), "solid: numbers; dashed: gradients, in training");
    it.svg()
}

/// What training adds: the three terms, and whom they move.
fn learnt(it: &mut Diagram, sender: [Node; 2], receiver: [Node; 2]) {
    let [picture, z_e] = sender;
    let [again, z_q] = receiver;
    let error =
        it.block((BOTH, 64.0), (84.0, 46.0), ("error", "1"), Look::Still);
    it.arrow(&[picture.right(0.0), error.left(0.0)], Flow::Forward);
    it.arrow(&[again.left(-8.0), error.right(-8.0)], Flow::Forward);
    it.arrow(&[error.right(8.0), again.left(8.0)], ERROR);
    let aside = RECEIVER + 18.0;
    it.arrow(&[(aside, 104.0), (aside, 119.0)], ERROR);
    it.arrow(&[(aside, 169.0), (aside, 187.0)], ERROR);
    it.arrow(&[z_q.left(-9.0), z_e.right(-9.0)], ERROR);
    it.text((BOTH - 26.0, 199.0), "copied");
    let aside = SENDER - 18.0;
    it.arrow(&[(aside, 187.0), (aside, 169.0)], ERROR);

    let size = (90.0, 44.0);
    let far =
        it.block((BOTH, 258.0), size, ("distance", "2, 3"), Look::Still);
    for (z, x, end) in [
        (z_e.right(0.0), 178.0, far.left(0.0)),
        (z_q.left(0.0), 302.0, far.right(0.0)),
    ] {
        it.arrow(&[z, (x, z.1), (x, end.1), end], Flow::Forward);
    }
    let (from, to) = (far.left(10.0), z_e.right(9.0));
    let back = [from, (152.0, from.1), (152.0, to.1), to];
    it.arrow(&back, CODES);
    it.text((136.0, 282.0), "3");
    it.arrow(&[far.bottom(0.0), (BOTH, 300.0)], CODES);
    it.text((BOTH + 10.0, 291.0), "2");
}
