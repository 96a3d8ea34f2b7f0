//! Three ways through a discriminator: to the logit, back to its gradient, and forward again for the penalty.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements, Node};

pub const EXPERIMENT: Experiment = Experiment {
    name: "twice",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("twice", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 396.0);
    it.title((34.0, 14.0), "1. Forward: the logit");
    let layers = [("W₁", "y₁"), ("W₂", "")];
    let [x, one, two, s] = row(&mut it, 78.0, ["x", "s"], layers);
    for (from, to) in [(x, one), (one, two), (two, s)] {
        it.arrow(&[from.right(0.0), to.left(0.0)], Flow::Forward);
    }
    it.title((34.0, 146.0), "2. Back: its gradient at x");
    let layers = [("W₁ᵀ", "u₁"), ("W₂ᵀ", "u₂")];
    let [v, one, two, start] = row(&mut it, 210.0, ["v₀", "1"], layers);
    for (from, to) in [(start, two), (two, one), (one, v)] {
        it.arrow(&[from.left(0.0), to.right(0.0)], Flow::Gradient(1));
    }
    it.title((34.0, 278.0), "3. Forward again: the penalty's gradient");
    let layers = [("W₁", "d₀ᵀ u₁"), ("W₂", "d₁ᵀ u₂")];
    let [d, one, two, end] = row(&mut it, 342.0, ["d₀", "d₂"], layers);
    for (from, to) in [(d, one), (one, two), (two, end)] {
        it.arrow(&[from.right(0.0), to.left(0.0)], Flow::Gradient(0));
    }
    let aside = (14.0, v.left(0.0).1);
    let below = (14.0, d.left(0.0).1);
    let way = [v.left(0.0), aside, below, d.left(0.0)];
    it.arrow(&way, Flow::Gradient(0));
    it.svg()
}

/// Two arrays with two layers between them, each with what it leaves.
fn row(
    it: &mut Diagram,
    y: f64,
    [first, last]: [&str; 2],
    [one, two]: [(&str, &str); 2],
) -> [Node; 4] {
    let size = (92.0, 52.0);
    [
        it.array((56.0, y), (4, 3), (first, "[B, X]")),
        it.block((176.0, y), size, one, Look::Still),
        it.block((316.0, y), size, two, Look::Still),
        it.array((438.0, y), (4, 1), (last, "[B, 1]")),
    ]
}
