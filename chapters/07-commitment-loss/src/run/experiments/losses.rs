//! Which of the three terms moves which part, and where a gradient stops.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements, Node};

pub const EXPERIMENT: Experiment = Experiment {
    name: "losses",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("losses", draw)],
    claims: Vec::new,
};

const MOVES: (Look, &str) = (Look::Moves(0), "moves");
const STILL: (Look, &str) = (Look::Still, "");
const BACK: Flow = Flow::Gradient(1);

/// The three terms, one below the other.
fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 556.0);
    it.title((6.0, 14.0), "1. reconstruction: x\u{302} against x");
    reconstruction(&mut it, 76.0);
    it.title((6.0, 170.0), "2. codebook term: ‖sg[z_e] − e‖²");
    let at = Chain::new(&mut it, 232.0, [STILL, MOVES, STILL], false);
    let far = at.distance(&mut it, 232.0);
    at.back(&mut it, at.z_q, far);
    it.arrow(&[at.z_q.left(9.0), at.codebook.right(9.0)], BACK);
    it.cut((155.0, far.left(6.0).1));
    it.title((6.0, 352.0), "3. commitment term: β ‖z_e − sg[e]‖²");
    let at = Chain::new(&mut it, 414.0, [MOVES, STILL, STILL], false);
    let far = at.distance(&mut it, 414.0);
    at.back(&mut it, at.z_e, far);
    it.arrow(&[at.z_e.left(9.0), at.encoder.right(9.0)], BACK);
    it.cut((276.0, far.right(6.0).1));
    it.text((6.0, 538.0), "solid: numbers; dashed: the gradient");
    it.svg()
}

fn reconstruction(it: &mut Diagram, y: f64) {
    let at = Chain::new(it, y, [MOVES, STILL, MOVES], true);
    let size = (38.0, 34.0);
    let loss = it.block((459.0, y), size, ("MSE", ""), Look::Still);
    it.arrow(&[at.out.right(-9.0), loss.left(-9.0)], Flow::Forward);
    let parts = [(loss, at.out), (at.out, at.decoder), (at.decoder, at.z_q)];
    for (from, to) in parts {
        it.arrow(&[from.left(9.0), to.right(9.0)], BACK);
    }
    // Past the codebook, as if it were not there.
    let [from, to] = [at.z_q.left(9.0), at.z_e.right(9.0)];
    let past = [from, (262.0, y + 9.0), (262.0, y + 40.0)];
    let past = [past, [(171.0, y + 40.0), (171.0, y + 9.0), to]].concat();
    it.arrow(&past, BACK);
    it.arrow(&[at.z_e.left(9.0), at.encoder.right(9.0)], BACK);
    it.cut((263.0, y - 9.0));
    it.text((189.0, y + 55.0), "copied");
}

/// Encoder, codebook and decoder, with what goes from one to the next.
struct Chain {
    encoder: Node,
    z_e: Node,
    codebook: Node,
    z_q: Node,
    decoder: Node,
    out: Node,
}

impl Chain {
    /// Side by side, in this order of looks.
    fn new(
        it: &mut Diagram,
        y: f64,
        [encoder, codebook, decoder]: [(Look, &str); 3],
        shapes: bool,
    ) -> Self {
        let shape = |shape| if shapes { shape } else { "" };
        let (net, rows) = ((66.0, 48.0), (4, 2));
        let (pixels, latent) = (shape("[B, 16]"), shape("[B, 4]"));
        let (wide, at) = ((78.0, 48.0), |x| (x, y));
        let x = it.array(at(26.0), rows, ("x", pixels));
        let name = ("encoder", encoder.1);
        let encoder = it.block(at(87.0), net, name, encoder.0);
        let z_e = it.array(at(147.0), rows, ("z_e", latent));
        let name = ("codebook", codebook.1);
        let codebook = it.block(at(216.0), wide, name, codebook.0);
        let name = if shapes { "z_q" } else { "z_q = e" };
        let z_q = it.array(at(289.0), rows, (name, latent));
        let name = ("decoder", decoder.1);
        let decoder = it.block(at(349.0), net, name, decoder.0);
        let out = it.array(at(410.0), rows, ("x\u{302}", pixels));
        let all = [x, encoder, z_e, codebook, z_q, decoder, out];
        for pair in all.windows(2) {
            let way = [pair[0].right(-9.0), pair[1].left(-9.0)];
            it.arrow(&way, Flow::Forward);
        }
        Self { encoder, z_e, codebook, z_q, decoder, out }
    }

    /// The distance between latents and their codes.
    fn distance(&self, it: &mut Diagram, y: f64) -> Node {
        let (place, name) = ((218.0, y + 70.0), ("distance", ""));
        let far = it.block(place, (82.0, 36.0), name, Look::Still);
        let (l, r) = (self.z_e.bottom(-5.0), self.z_q.bottom(5.0));
        let [to_l, to_r] = [far.left(6.0), far.right(6.0)];
        it.arrow(&[l, (l.0, to_l.1), to_l], Flow::Forward);
        it.arrow(&[r, (r.0, to_r.1), to_r], Flow::Forward);
        far
    }

    /// The gradient of the distance at one of its two sides.
    fn back(&self, it: &mut Diagram, side: Node, far: Node) {
        let left = side == self.z_e;
        let (from, to) = match left {
            true => (far.left(-6.0), side.bottom(5.0)),
            false => (far.right(-6.0), side.bottom(-5.0)),
        };
        it.arrow(&[from, (to.0, from.1), to], BACK);
    }
}
