//! The five ways past a lookup: what the decoder receives, and how the gradient comes back.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements, Node};

pub const EXPERIMENT: Experiment = Experiment {
    name: "ways",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("ways", draw)],
    claims: Vec::new,
};

const BACK: Flow = Flow::Gradient(1);

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 452.0);
    let names = ["told nothing", "straight-through", "rotation", "mixture"];
    for (n, name) in names.into_iter().enumerate() {
        let y = 54.0 + 84.0 * n as f64;
        let [z_e, z_q] = ends(&mut it, y, name, n == 0);
        let word = if n == 3 { "softmax" } else { "lookup" };
        let block = block(&mut it, (278.0, y), 96.0, word);
        forward(&mut it, &[z_e, block, z_q]);
        match n {
            0 => {
                it.arrow(&[z_q.left(9.0), block.right(9.0)], BACK);
                let x = (z_q.left(0.0).0 + block.right(0.0).0) / 2.0;
                it.cut((x, y + 9.0));
                it.text((394.0, y), "stopped");
            }
            3 => {
                it.arrow(&[z_q.left(9.0), block.right(9.0)], BACK);
                it.arrow(&[block.left(9.0), z_e.right(9.0)], BACK);
                it.text((394.0, y), "codes too");
            }
            _ => {
                around(&mut it, z_q, &[z_e.bottom(0.0)]);
                let word = if n == 1 { "as it is" } else { "turned" };
                it.text((394.0, y), word);
            }
        }
    }
    let y = 390.0;
    let [z_e, z_q] = ends(&mut it, y, "finite scalar", false);
    let tanh = block(&mut it, (232.0, y), 50.0, "tanh");
    let round = block(&mut it, (312.0, y), 56.0, "round");
    forward(&mut it, &[z_e, tanh, round, z_q]);
    let bend = (tanh.right(0.0).0 + 14.0, y + 9.0);
    around(&mut it, z_q, &[bend, tanh.right(9.0)]);
    it.arrow(&[tanh.left(9.0), z_e.right(9.0)], BACK);
    it.text((394.0, y), "as it is");
    it.text((6.0, 440.0), "solid: numbers; dashed: the gradient");
    it.svg()
}

/// A latent and what stands for it, with the name of the way.
fn ends(it: &mut Diagram, y: f64, way: &str, first: bool) -> [Node; 2] {
    it.title((6.0, y), way);
    let names = if first { ["z_e", "z_q"] } else { ["", ""] };
    [(176.0, names[0]), (374.0, names[1])]
        .map(|(x, name)| it.array((x, y), (4, 2), (name, "")))
}

fn block(it: &mut Diagram, at: (f64, f64), width: f64, name: &str) -> Node {
    it.block(at, (width, 40.0), (name, ""), Look::Still)
}

fn forward(it: &mut Diagram, chain: &[Node]) {
    for pair in chain.windows(2) {
        let way = [pair[0].right(-9.0), pair[1].left(-9.0)];
        it.arrow(&way, Flow::Forward);
    }
}

/// Below everything, from what stands for a latent to the first point, and on to the others.
fn around(it: &mut Diagram, z_q: Node, to: &[(f64, f64)]) {
    let (x, y) = z_q.bottom(0.0);
    let mut way = vec![(x, y), (x, y + 14.0), (to[0].0, y + 14.0)];
    way.extend(to);
    it.arrow(&way, BACK);
}
