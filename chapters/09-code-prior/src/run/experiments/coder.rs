//! One prior on both sides of a file: it gives the shares, and the range coder cuts with them.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements, Node};

pub const EXPERIMENT: Experiment = Experiment {
    name: "coder",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("coder", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 470.0);
    let (above, under) = (104.0, 330.0);

    it.title((6.0, 14.0), "writing place i");
    let share = draw_prior(&mut it, above);
    let cut = ("narrow", "to its part");
    let cut = it.block((414.0, above), (116.0, 52.0), cut, Look::Still);
    it.arrow(&[share.right(0.0), cut.left(0.0)], Flow::Forward);
    let code = it.block((414.0, 40.0), (44.0, 32.0), ("cᵢ", ""), CODE);
    it.arrow(&[code.bottom(0.0), cut.top(0.0)], Flow::Forward);

    let bytes = it.block((414.0, 214.0), (88.0, 40.0), ("bytes", ""), FILE);
    it.arrow(&[cut.bottom(0.0), bytes.top(0.0)], Flow::Forward);
    it.text((6.0, 196.0), "the file: a number inside the");
    it.text((6.0, 218.0), "interval that is left in the end");

    it.title((6.0, 262.0), "reading place i");
    let share = draw_prior(&mut it, under);
    let find = ("find", "whose part");
    let find = it.block((414.0, under), (116.0, 52.0), find, Look::Still);
    it.arrow(&[share.right(0.0), find.left(0.0)], Flow::Forward);
    it.arrow(&[bytes.bottom(0.0), find.top(0.0)], Flow::Forward);
    let code = it.block((414.0, 414.0), (44.0, 32.0), ("cᵢ", ""), CODE);
    it.arrow(&[find.bottom(0.0), code.top(0.0)], Flow::Forward);
    let way = [code.left(0.0), (52.0, 414.0), (52.0, under + 17.0)];
    it.arrow(&way, Flow::Forward);
    it.text((100.0, 396.0), "known from the next place on");
    it.text((6.0, 454.0), "both sides: equal codes, equal shares");
    it.svg()
}

/// The codes before, the prior, and a part for each code; gives the last part.
fn draw_prior(it: &mut Diagram, y: f64) -> Node {
    let before = ("c₁ … cᵢ₋₁", "");
    let before = it.block((52.0, y), (92.0, 34.0), before, CODE);
    let prior = ("prior", "");
    let prior = it.block((164.0, y), (76.0, 52.0), prior, Look::Moves(0));
    it.arrow(&[before.right(0.0), prior.left(0.0)], Flow::Forward);
    let (size, still) = ((46.0, 18.0, 28.0), Look::Still);
    let part = |it: &mut Diagram, x, wide| {
        it.block((x, y), (wide, 28.0), ("", ""), still)
    };
    let first = part(it, 253.0, size.0);
    part(it, 285.0, size.1);
    it.arrow(&[prior.right(0.0), first.left(0.0)], Flow::Forward);
    it.text((250.0, y + 28.0), "shares");
    part(it, 308.0, size.2)
}

const CODE: Look = Look::Moves(1);
const FILE: Look = Look::Moves(2);
