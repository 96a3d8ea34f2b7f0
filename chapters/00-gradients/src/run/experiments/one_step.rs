//! A step of training, from the batch to the weights.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "one-step",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("one_step", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 318.0);
    let y = 70.0;
    let moves = ("network", "moves");
    let x = it.array((44.0, y), (4, 5), ("images", "[128, 784]"));
    let net = it.block((172.0, y), (92.0, 70.0), moves, Look::Moves(0));
    let s = it.array((300.0, y), (4, 3), ("logits", "[128, 10]"));
    let loss =
        it.block((424.0, y), (96.0, 70.0), ("loss", "a number"), Look::Still);
    let t = it.array((424.0, 190.0), (4, 1), ("true digits", "[128]"));
    for (from, to) in [(x, net), (net, s), (s, loss)] {
        it.arrow(&[from.right(-9.0), to.left(-9.0)], Flow::Forward);
    }
    for (from, to) in [(loss, s), (s, net)] {
        it.arrow(&[from.left(9.0), to.right(9.0)], Flow::Gradient(1));
    }
    // Above the name of the array that it comes from.
    let name = (t.top(0.0).0, 150.0);
    it.arrow(&[name, loss.bottom(0.0)], Flow::Forward);
    let means = ("Adam", "two means");
    let adam = it.block((172.0, 214.0), (110.0, 62.0), means, Look::Moves(0));
    it.arrow(&[net.bottom(20.0), adam.top(20.0)], Flow::Gradient(1));
    it.arrow(&[adam.top(-20.0), net.bottom(-20.0)], Flow::Forward);
    it.text((100.0, 144.0), "step");
    it.text((200.0, 144.0), "gradient");
    it.text((6.0, 280.0), "solid: numbers; dashed: the gradient");
    it.text((6.0, 302.0), "tinted: what the step changes");
    it.svg()
}
