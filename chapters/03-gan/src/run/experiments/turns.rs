//! Whose turn it is: what moves, what stands still, and where a gradient goes.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "turns",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("turns", draw)],
    claims: Vec::new,
};

const MOVES: (Look, &str) = (Look::Moves(0), "moves");
const STILL: (Look, &str) = (Look::Still, "still");

/// Both turns, one below the other.
fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 424.0);
    it.title((6.0, 16.0), "The discriminator's turn");
    turn(&mut it, 84.0, (STILL, MOVES), "of D");
    it.title((6.0, 258.0), "The generator's turn");
    turn(&mut it, 326.0, (MOVES, STILL), "of G");
    it.text((6.0, 408.0), "solid: numbers; dashed: the gradient");
    it.svg()
}

fn turn(
    it: &mut Diagram,
    y: f64,
    (of_g, of_d): ((Look, &str), (Look, &str)),
    loss: &str,
) {
    let ours = of_d.0 != Look::Still;
    let size = (76.0, 62.0);
    let z = it.array((32.0, y), (4, 2), ("z", "[B, Z]"));
    let g = it.block((130.0, y), size, ("G", of_g.1), of_g.0);
    let fake = it.array((232.0, y), (4, 3), ("fake", "[B, X]"));
    let d = it.block((336.0, y), size, ("D", of_d.1), of_d.0);
    let end = it.block((442.0, y), (52.0, 56.0), ("loss", loss), Look::Still);
    let parts = [(z, g), (g, fake), (fake, d), (d, end)];
    for (from, to) in parts {
        it.arrow(&[from.right(-9.0), to.left(-9.0)], Flow::Forward);
    }
    it.arrow(&[end.left(9.0), d.right(9.0)], Flow::Gradient(1));
    if ours {
        let real = it.array((232.0, y + 96.0), (4, 3), ("real", "[B, X]"));
        let corner = (d.bottom(0.0).0, real.right(0.0).1);
        let way = [real.right(0.0), corner, d.bottom(0.0)];
        it.arrow(&way, Flow::Forward);
        it.cut(((g.right(0.0).0 + fake.left(0.0).0) / 2.0, y + 9.0));
    } else {
        it.arrow(&[d.left(9.0), fake.right(9.0)], Flow::Gradient(1));
        it.arrow(&[fake.left(9.0), g.right(9.0)], Flow::Gradient(1));
    }
}
