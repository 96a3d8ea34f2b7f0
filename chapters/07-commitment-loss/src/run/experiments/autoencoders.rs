//! A VAE beside a VQ-VAE: what comes between encoder and decoder, and which way a gradient takes past it.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements, Node};

pub const EXPERIMENT: Experiment = Experiment {
    name: "autoencoders",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("autoencoders", draw)],
    claims: Vec::new,
};

const BACK: Flow = Flow::Gradient(1);

/// Both, one below the other.
fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 440.0);
    it.title((6.0, 14.0), "VAE: the latent is drawn");
    drawn(&mut it, 82.0);
    it.title((6.0, 216.0), "VQ-VAE: the latent is looked up");
    looked_up(&mut it, 288.0);
    it.text((6.0, 424.0), "solid: numbers; dashed: the gradient");
    it.svg()
}

fn drawn(it: &mut Diagram, y: f64) {
    let size = (64.0, 48.0);
    let draw = it.block((220.0, y), size, ("μ + σε", ""), Look::Still);
    let names = [("μ, σ", "[B, 32]"), ("z", "[B, 16]")];
    let [_, said, z, _] = around(it, y, draw, "[B, 784]", names);
    it.arrow(&[z.left(-9.0), draw.right(-9.0)], BACK);
    it.arrow(&[draw.left(-9.0), said.right(-9.0)], BACK);
    let (below, small) = (y + 82.0, (56.0, 40.0));
    let noise = it.block((220.0, below), small, ("ε", "noise"), Look::Still);
    it.arrow(&[noise.top(0.0), draw.bottom(0.0)], Flow::Forward);
    let kl = it.block((150.0, below), (48.0, 40.0), ("KL", ""), Look::Still);
    it.arrow(&[said.bottom(-5.0), kl.top(-5.0)], Flow::Forward);
    it.arrow(&[kl.top(5.0), said.bottom(5.0)], BACK);
}

fn looked_up(it: &mut Diagram, y: f64) {
    let size = (64.0, 48.0);
    let look = it.block((220.0, y), size, ("nearest", ""), Look::Still);
    let names = [("z_e", "[B, 4]"), ("z_q", "[B, 4]")];
    let [_, z_e, z_q, _] = around(it, y, look, "[B, 16]", names);
    // Past the lookup, as if it were not there.
    let [from, to] = [z_q.left(-9.0), z_e.right(-9.0)];
    let past = [from, (264.0, y - 9.0), (264.0, y - 36.0)];
    let past = [past, [(176.0, y - 36.0), (176.0, y - 9.0), to]].concat();
    it.arrow(&past, BACK);
    it.cut((264.0, y + 9.0));
    let (below, wide) = (y + 82.0, (86.0, 44.0));
    let codebook = ("codebook", "[32, 4]");
    let codebook = it.block((230.0, below), wide, codebook, Look::Moves(0));
    it.arrow(&[codebook.top(-10.0), look.bottom(0.0)], Flow::Forward);
    let kl = ("KL: log K", "no slope");
    let kl = it.block((124.0, below), (86.0, 44.0), kl, Look::Still);
    it.arrow(&[z_e.bottom(0.0), kl.top(26.0)], Flow::Forward);
}

/// The networks on either side, the arrays before and after what stands in the middle, and the loss; gives the
/// encoder, these two arrays and the decoder.
fn around(
    it: &mut Diagram,
    y: f64,
    middle: Node,
    pixels: &str,
    [before, after]: [(&str, &str); 2],
) -> [Node; 4] {
    let (net, rows) = ((66.0, 48.0), (4, 2));
    let moves = |it: &mut Diagram, x, name| {
        it.block((x, y), net, (name, "moves"), Look::Moves(0))
    };
    let x = it.array((28.0, y), rows, ("x", pixels));
    let encoder = moves(it, 90.0, "encoder");
    // Its shape stands aside: an arrow leaves below.
    let said = it.array((150.0, y), rows, (before.0, ""));
    it.text((90.0, y + 40.0), before.1);
    let given = it.array((290.0, y), rows, after);
    let decoder = moves(it, 350.0, "decoder");
    let out = it.array((411.0, y), rows, ("x\u{302}", pixels));
    let size = (38.0, 34.0);
    let loss = it.block((459.0, y), size, ("MSE", ""), Look::Still);
    let all = [x, encoder, said, middle, given, decoder, out, loss];
    for pair in all.windows(2) {
        let way = [pair[0].right(9.0), pair[1].left(9.0)];
        it.arrow(&way, Flow::Forward);
    }
    let back = [(loss, out), (out, decoder), (decoder, given)];
    for (from, to) in back.into_iter().chain([(said, encoder)]) {
        it.arrow(&[from.left(-9.0), to.right(-9.0)], BACK);
    }
    [encoder, said, given, decoder]
}
