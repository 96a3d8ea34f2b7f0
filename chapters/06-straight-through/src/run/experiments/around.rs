//! Where the gradient goes: around the lookup, and not into the codebook.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "around",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("around", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    const Y: f64 = 124.0;
    let mut it = Diagram::new(480.0, 306.0);
    let moves = Look::Moves(0);
    let block = |it: &mut Diagram, x, width, name, look| {
        it.block((x, Y), (width, 62.0), (name, ""), look)
    };
    let encoder = block(&mut it, 46.0, 80.0, "encoder", moves);
    let z_e = it.array((124.0, Y), (6, 2), ("", "[N, C]"));
    let lookup = block(&mut it, 204.0, 74.0, "lookup", Look::Still);
    let z_q = it.array((284.0, Y), (6, 2), ("", "[N, C]"));
    let decoder = block(&mut it, 362.0, 80.0, "decoder", moves);
    let loss = block(&mut it, 450.0, 52.0, "loss", Look::Still);
    it.title((90.0, Y - 44.0), "z_e");
    it.title((292.0, Y - 44.0), "z_q");
    let chain = [encoder, z_e, lookup, z_q, decoder, loss];
    for pair in chain.windows(2) {
        let way = [pair[0].right(-9.0), pair[1].left(-9.0)];
        it.arrow(&way, Flow::Forward);
    }
    let back = Flow::Gradient(1);
    for (from, to) in [(loss, decoder), (decoder, z_q), (z_q, lookup)] {
        it.arrow(&[from.left(9.0), to.right(9.0)], back);
    }
    let between = (lookup.right(0.0).0 + z_q.left(0.0).0) / 2.0;
    it.cut((between, Y + 9.0));
    let ((from, top), (to, _)) = (z_q.top(0.0), z_e.top(0.0));
    let way = [(from, top), (from, 44.0), (to, 44.0), (to, top)];
    it.arrow(&way, back);
    it.text((136.0, 24.0), "handed on as it is");
    it.arrow(&[z_e.left(9.0), encoder.right(9.0)], back);

    let codebook = it.array((204.0, 226.0), (4, 2), ("", ""));
    it.arrow(&[codebook.top(0.0), lookup.bottom(0.0)], Flow::Forward);
    it.title((224.0, 216.0), "codebook");
    it.text((224.0, 236.0), "[K, C]: no gradient");
    it.text((6.0, 288.0), "solid: numbers; dashed: the gradient");
    it.svg()
}
