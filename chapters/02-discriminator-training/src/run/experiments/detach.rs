//! The discriminator's loss on fakes, with the cut that detaching makes and without it.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "detach",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("detach", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 330.0);
    it.title((6.0, 16.0), "With detach");
    turn(&mut it, 86.0, true);
    it.title((6.0, 168.0), "Without: G learns to be caught");
    turn(&mut it, 238.0, false);
    it.text((6.0, 314.0), "solid: numbers; dashed: the gradient");
    it.svg()
}

fn turn(it: &mut Diagram, y: f64, detach: bool) {
    let size = (76.0, 62.0);
    let (look, word) = match detach {
        true => (Look::Still, "still"),
        false => (Look::Moves(1), "moves"),
    };
    let z = it.array((32.0, y), (4, 2), ("z", "[B, Z]"));
    let g = it.block((130.0, y), size, ("G", word), look);
    let fake = it.array((232.0, y), (4, 3), ("fake", "[B, X]"));
    let d = it.block((336.0, y), size, ("D", "moves"), Look::Moves(0));
    let end =
        it.block((442.0, y), (52.0, 56.0), ("loss", "of D"), Look::Still);
    for (from, to) in [(z, g), (g, fake), (fake, d), (d, end)] {
        it.arrow(&[from.right(-9.0), to.left(-9.0)], Flow::Forward);
    }
    it.arrow(&[end.left(9.0), d.right(9.0)], Flow::Gradient(1));
    it.arrow(&[d.left(9.0), fake.right(9.0)], Flow::Gradient(1));
    if detach {
        it.cut(((g.right(0.0).0 + fake.left(0.0).0) / 2.0, y + 9.0));
    } else {
        it.arrow(&[fake.left(9.0), g.right(9.0)], Flow::Gradient(1));
    }
}
