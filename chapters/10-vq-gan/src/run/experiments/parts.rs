//! The parts of a VQ-GAN, and where each term's gradient goes.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

use crate::training::Sizes;

pub const EXPERIMENT: Experiment = Experiment {
    name: "parts",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("parts", draw), ("weighing", draw_weighing)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let sizes = Sizes::default();
    let side = sizes.form.side;
    let picture = format!("[{side}, {side}, 3]");
    let mut it = Diagram::new(480.0, 560.0);
    let x = it.array((86.0, 60.0), (4, 4), ("picture", &picture));
    let size = (150.0, 50.0);
    let encoder = it.block(
        (86.0, 158.0),
        size,
        ("encoder", "half, windows"),
        Look::Moves(0),
    );
    let latents = format!("[{}, {}]", sizes.places(), sizes.width);
    let z = it.array((86.0, 248.0), (3, 3), ("z_e", &latents));
    let book = it.block(
        (240.0, 248.0),
        (110.0, 50.0),
        ("codebook", "lookup"),
        Look::Still,
    );
    let q = it.array((394.0, 248.0), (3, 3), ("z_q", &latents));
    let decoder = it.block(
        (394.0, 158.0),
        size,
        ("decoder", "half, windows"),
        Look::Moves(0),
    );
    let y = it.array((394.0, 60.0), (4, 4), ("picture again", &picture));
    let error = it.block(
        (240.0, 60.0),
        (124.0, 50.0),
        ("R", "squared error"),
        Look::Still,
    );
    let ruler =
        it.block((140.0, 380.0), size, ("ruler", "holds still"), Look::Still);
    let d = it.block(
        (340.0, 380.0),
        size,
        ("discriminator", "learns beside it"),
        Look::Moves(1),
    );
    let p = it.block(
        (140.0, 480.0),
        (110.0, 50.0),
        ("P", "features"),
        Look::Still,
    );
    let a = it.block(
        (340.0, 480.0),
        (110.0, 50.0),
        ("A", "opinion"),
        Look::Still,
    );
    for (from, to) in [
        (x.bottom(0.0), encoder.top(0.0)),
        (encoder.bottom(0.0), z.top(0.0)),
        (z.right(0.0), book.left(0.0)),
        (book.right(0.0), q.left(0.0)),
        (q.top(0.0), decoder.bottom(0.0)),
        (decoder.top(0.0), y.bottom(0.0)),
        (x.right(0.0), error.left(0.0)),
        (y.left(0.0), error.right(0.0)),
        (ruler.bottom(0.0), p.top(0.0)),
        (d.bottom(0.0), a.top(0.0)),
    ] {
        it.arrow(&[from, to], Flow::Forward);
    }
    it.svg()
}

fn draw_weighing(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 250.0);
    let size = (132.0, 46.0);
    let last = it.block(
        (240.0, 125.0),
        size,
        ("last weights", "of the decoder"),
        Look::Moves(0),
    );
    let rest =
        it.block((80.0, 50.0), size, ("R + P", "gradient ∇R"), Look::Still);
    let a = it.block((80.0, 200.0), size, ("A", "gradient ∇A"), Look::Still);
    let ratio =
        it.block((400.0, 125.0), size, ("λ", "‖∇R‖ / ‖∇A‖"), Look::Still);
    it.arrow(&[rest.right(0.0), last.left(-8.0)], Flow::Gradient(0));
    it.arrow(&[a.right(0.0), last.left(8.0)], Flow::Gradient(1));
    it.arrow(&[last.right(0.0), ratio.left(0.0)], Flow::Forward);
    it.svg()
}
