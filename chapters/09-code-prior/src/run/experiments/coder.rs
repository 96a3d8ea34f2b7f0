//! How the prior plugs into the range coder: writing and reading differ in two arrows.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "coder",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("coder", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 424.0);
    it.title((6.0, 16.0), "Writing");
    way(&mut it, 84.0, true);
    it.title((6.0, 228.0), "Reading");
    way(&mut it, 296.0, false);
    it.svg()
}

/// One way: codes before, prior, shares, coder, file; and the next code, which goes into the coder or comes out of it.
fn way(it: &mut Diagram, y: f64, writes: bool) {
    let (still, moves) = (Look::Still, Look::Moves(0));
    let before =
        it.block((42.0, y), (72.0, 50.0), ("codes", "so far"), still);
    let prior = it.block((138.0, y), (68.0, 50.0), ("prior", ""), moves);
    let shares = it.array((226.0, y), (1, 5), ("shares", "[K]"));
    let coder = it.block(
        (324.0, y),
        (84.0, 50.0),
        ("range", "coder"),
        Look::Moves(1),
    );
    let file = it.array((434.0, y), (1, 8), ("file", "bytes"));
    let next =
        it.block((324.0, y + 80.0), (84.0, 50.0), ("next", "code"), still);
    for (from, to) in [(before, prior), (prior, shares), (shares, coder)] {
        it.arrow(&[from.right(0.0), to.left(0.0)], Flow::Forward);
    }
    let (in_file, in_coder) = (file.left(0.0), coder.right(0.0));
    let (low, high) = (next.top(0.0), coder.bottom(0.0));
    let two = match writes {
        true => [[low, high], [in_coder, in_file]],
        false => [[in_file, in_coder], [high, low]],
    };
    for arrow in two {
        it.arrow(&arrow, Flow::Forward);
    }
    let corner = (before.bottom(0.0).0, next.left(0.0).1);
    let back = [next.left(0.0), corner, before.bottom(0.0)];
    it.arrow(&back, Flow::Forward);
    it.text((70.0, y + 98.0), "then it joins the codes");
}
