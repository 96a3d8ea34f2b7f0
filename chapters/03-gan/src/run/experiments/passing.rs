//! What a gradient does in the discriminator: in its own turn, and in the generator's.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "passing",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("passing", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 390.0);
    it.title((6.0, 16.0), "In D's turn: backward_parameters");
    turn(&mut it, 88.0, true);
    it.title((6.0, 242.0), "In G's turn: through");
    turn(&mut it, 314.0, false);
    it.svg()
}

/// A discriminator of two layers, `y` pixels below the top.
fn turn(it: &mut Diagram, y: f64, ours: bool) {
    let look = if ours { Look::Moves(0) } else { Look::Still };
    let size = (66.0, 52.0);
    let x = it.array((58.0, y), (4, 3), ("x", "[B, X]"));
    let first = it.block((144.0, y), size, ("layer 1", "W₁, b₁"), look);
    let y_1 = it.array((232.0, y), (4, 2), ("y₁", "[B, H]"));
    let second = it.block((318.0, y), size, ("layer 2", "W₂, b₂"), look);
    let s = it.array((388.0, y), (4, 1), ("s", "[B, 1]"));
    let loss = it.block((447.0, y), (56.0, 52.0), ("loss", ""), Look::Still);
    let parts = [x, first, y_1, second, s, loss];
    for pair in parts.windows(2) {
        it.arrow(&[pair[0].right(-9.0), pair[1].left(-9.0)], Flow::Forward);
    }
    // Back as far as the turn needs it.
    let last = if ours { 1 } else { 0 };
    for pair in parts[last..].windows(2) {
        let way = [pair[1].left(9.0), pair[0].right(9.0)];
        it.arrow(&way, Flow::Gradient(1));
    }
    if ours {
        for (layer, name) in [(first, "∂L/∂W₁"), (second, "∂L/∂W₂")]
        {
            let (middle, below) = layer.bottom(0.0);
            it.arrow(
                &[(middle, below), (middle, below + 34.0)],
                Flow::Gradient(1),
            );
            it.text((middle - 28.0, below + 48.0), name);
        }
    } else {
        it.arrow(&[x.left(9.0), (6.0, y + 9.0)], Flow::Gradient(1));
        it.text((2.0, y - 8.0), "to G");
    }
}
