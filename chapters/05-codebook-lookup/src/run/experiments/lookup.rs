//! From latents to the indices of their nearest codes, and back to vectors.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "lookup",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("lookup", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    const Y: f64 = 76.0;
    let mut it = Diagram::new(480.0, 366.0);
    let block = |it: &mut Diagram, at, width, text| {
        it.block(at, (width, 56.0), text, Look::Still)
    };
    let z = it.array((34.0, Y), (6, 2), ("z", "[N, C]"));
    let distances =
        block(&mut it, (134.0, Y), 96.0, ("distances", "all pairs"));
    let d = it.array((240.0, Y), (6, 4), ("d", "[N, K]"));
    let argmin = block(&mut it, (334.0, Y), 80.0, ("argmin", "per row"));
    let k = it.array((428.0, Y), (6, 1), ("k", "[N]"));
    for (from, to) in [(z, distances), (distances, d), (d, argmin)] {
        it.arrow(&[from.right(0.0), to.left(0.0)], Flow::Forward);
    }
    it.arrow(&[argmin.right(0.0), k.left(0.0)], Flow::Forward);

    let codebook = it.array((170.0, 216.0), (4, 2), ("codebook", "[K, C]"));
    let corner = (distances.bottom(-26.0).0, codebook.left(0.0).1);
    let way = [codebook.left(0.0), corner, distances.bottom(-26.0)];
    it.arrow(&way, Flow::Forward);
    let gather = block(&mut it, (334.0, 216.0), 88.0, ("gather", "rows k"));
    it.arrow(&[codebook.right(0.0), gather.left(0.0)], Flow::Forward);
    let way = [k.right(0.0), (462.0, Y), (462.0, 216.0), gather.right(0.0)];
    it.arrow(&way, Flow::Forward);

    let z_q = it.array((34.0, 312.0), (6, 2), ("z_q", "[N, C]"));
    let corner = (gather.bottom(0.0).0, z_q.right(0.0).1);
    let way = [gather.bottom(0.0), corner, z_q.right(0.0)];
    it.arrow(&way, Flow::Forward);
    it.svg()
}
