//! The parts of a VQ-GAN, where each term's gradient goes, and how two of them are weighed.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

use crate::training::Sizes;

pub const EXPERIMENT: Experiment = Experiment {
    name: "parts",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("parts", draw), ("weighing", draw_weighing)],
    claims: Vec::new,
};

/// The gradients of the rest and of the opinion.
const REST: Flow = Flow::Gradient(0);
const OPINION: Flow = Flow::Gradient(1);

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let sizes = Sizes::default();
    let side = sizes.form.side;
    let picture = format!("[{side}, {side}, 3]");
    let latents = format!("[{}, {}]", sizes.places(), sizes.width);
    let (left, right) = (86.0, 394.0);
    let mut it = Diagram::new(480.0, 482.0);
    let size = (150.0, 46.0);
    let (small, moves) = ((128.0, 46.0), Look::Moves(0));
    let p = it.block((204.0, 36.0), small, ("P", "features"), Look::Still);
    let a = it.block((right, 36.0), small, ("A", "opinion"), Look::Still);
    let ruler = ("ruler", "holds still");
    let ruler = it.block((204.0, 122.0), small, ruler, Look::Still);
    let words = ("discriminator", "learns too");
    let d = it.block((right, 122.0), size, words, Look::Moves(1));
    let x = it.array((left, 240.0), (4, 4), ("x", &picture));
    let y = it.array((right, 240.0), (4, 4), ("x̂", &picture));
    let words = ("R", "squared error");
    let r = it.block((240.0, 240.0), (128.0, 46.0), words, Look::Still);
    it.block((left, 326.0), size, ("encoder", "windows, half"), moves);
    it.block((right, 326.0), size, ("decoder", "half, windows"), moves);
    let z = it.array((left, 418.0), (3, 3), ("z_e", &latents));
    let q = it.array((right, 418.0), (3, 3), ("z_q", &latents));
    let words = ("codebook", "lookup");
    let book = it.block((240.0, 432.0), (120.0, 44.0), words, Look::Still);

    let solid = Flow::Forward;
    it.arrow(&[(left, 197.0), (left, 122.0), ruler.left(0.0)], solid);
    let over = [(368.0, 197.0), (368.0, 176.0), (204.0, 176.0)];
    it.arrow(&[over[0], over[1], over[2], ruler.bottom(0.0)], solid);
    it.arrow(&[(right, 197.0), d.bottom(0.0)], solid);
    it.arrow(&[ruler.top(0.0), p.bottom(0.0)], solid);
    it.arrow(&[d.top(0.0), a.bottom(0.0)], solid);
    it.arrow(&[x.right(0.0), r.left(0.0)], solid);
    it.arrow(&[y.left(-6.0), r.right(-6.0)], solid);
    it.arrow(&[(left, 279.0), (left, 303.0)], solid);
    it.arrow(&[(left, 349.0), (left, 381.0)], solid);
    it.arrow(&[(right, 381.0), (right, 349.0)], solid);
    it.arrow(&[(right, 303.0), (right, 279.0)], solid);
    it.arrow(&[z.right(8.0), (180.0, 426.0)], solid);
    it.arrow(&[(300.0, 426.0), q.left(8.0)], solid);

    it.arrow(&[a.bottom(18.0), d.top(18.0)], OPINION);
    it.arrow(&[d.bottom(18.0), (right + 18.0, 197.0)], OPINION);
    it.text((right + 26.0, 178.0), "λ A");
    it.arrow(&[p.bottom(18.0), ruler.top(18.0)], REST);
    let back = [ruler.bottom(18.0), (222.0, 190.0), (354.0, 190.0)];
    it.arrow(&[back[0], back[1], back[2], (354.0, 202.0)], REST);
    it.arrow(&[r.right(8.0), y.left(8.0)], REST);
    for (from, to) in [(279.0, 303.0), (349.0, 381.0)] {
        it.arrow(&[(right + 18.0, from), (right + 18.0, to)], OPINION);
        it.arrow(&[(right - 18.0, from), (right - 18.0, to)], REST);
    }
    it.arrow(&[q.left(-9.0), z.right(-9.0)], REST);
    it.text((204.0, 396.0), "copied");
    it.arrow(&[(left - 18.0, 381.0), (left - 18.0, 349.0)], REST);
    let _ = book;
    it.text((6.0, 470.0), "solid: numbers; dashed: gradients");
    it.svg()
}

fn draw_weighing(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 246.0);
    let (size, still) = ((136.0, 46.0), Look::Still);
    let words = ("R and P", "gradient at x̂");
    let rest = it.block((84.0, 36.0), (160.0, 46.0), words, still);
    let words = ("A", "gradient at x̂");
    let a = it.block((84.0, 156.0), (160.0, 46.0), words, still);
    let words = ("last weights", "of the decoder");
    let last = it.block((262.0, 96.0), size, words, Look::Moves(0));
    let words = ("λ", "‖∇R‖ / ‖∇A‖");
    let ratio = it.block((412.0, 96.0), (124.0, 46.0), words, still);
    it.arrow(&[rest.right(0.0), (228.0, 36.0), (228.0, 73.0)], REST);
    it.arrow(&[a.right(0.0), (228.0, 156.0), (228.0, 119.0)], OPINION);
    it.arrow(&[last.right(-9.0), ratio.left(-9.0)], REST);
    it.arrow(&[last.right(9.0), ratio.left(9.0)], OPINION);
    let way = [ratio.bottom(0.0), (412.0, 212.0), (84.0, 212.0)];
    it.arrow(&[way[0], way[1], way[2], a.bottom(0.0)], Flow::Forward);
    it.text((150.0, 232.0), "times λ, as a constant");
    it.svg()
}
