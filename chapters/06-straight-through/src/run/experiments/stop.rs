//! The bracket of equation 6.2 as a tape sees it, with the stop and without.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "stop",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("stop", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 494.0);
    it.title((6.0, 16.0), "With the stop");
    panel(&mut it, 78.0, true);
    it.title((6.0, 266.0), "The stop forgotten");
    panel(&mut it, 328.0, false);
    it.svg()
}

fn panel(it: &mut Diagram, y: f64, stopped: bool) {
    let low = y + 82.0;
    let back = Flow::Gradient(1);
    let z_e = it.array((34.0, y), (6, 2), ("z_e", "[N, C]"));
    let z_q = it.array((34.0, low + 30.0), (6, 2), ("z_q", "[N, C]"));
    let size = (108.0, 46.0);
    let bracket =
        it.block((204.0, low), size, ("z_q − z_e", ""), Look::Still);
    let plus = it.block((360.0, y), (44.0, 46.0), ("+", ""), Look::Still);
    let z_st = it.array((444.0, y), (6, 2), ("z_st", "[N, C]"));

    it.arrow(&[z_e.right(-12.0), plus.left(-12.0)], Flow::Forward);
    it.arrow(&[plus.right(-9.0), z_st.left(-9.0)], Flow::Forward);
    let (bend, under) = (96.0, plus.bottom(-8.0));
    let way = [
        z_e.right(14.0),
        (bend, y + 14.0),
        (bend, bracket.left(-12.0).1),
        bracket.left(-12.0),
    ];
    it.arrow(&way, Flow::Forward);
    let way = [
        z_q.right(0.0),
        (bend, z_q.right(0.0).1),
        (bend, bracket.left(12.0).1),
        bracket.left(12.0),
    ];
    it.arrow(&way, Flow::Forward);
    let right = bracket.right(-8.0);
    it.arrow(&[right, (under.0, right.1), under], Flow::Forward);

    it.arrow(&[z_st.left(9.0), plus.right(9.0)], back);
    it.arrow(&[plus.left(4.0), z_e.right(4.0)], back);
    it.text((196.0, y - 26.0), "1");
    let (from, to) = (plus.bottom(8.0), bracket.right(8.0));
    it.arrow(&[from, (from.0, to.1), to], back);
    if stopped {
        it.cut(((to.0 + from.0) / 2.0, to.1));
        it.text((196.0, low + 44.0), "z_e receives 1 · d");
    } else {
        let from = bracket.left(0.0);
        let way = [
            from,
            (bend + 14.0, from.1),
            (bend + 14.0, y + 24.0),
            z_e.right(24.0),
        ];
        it.arrow(&way, back);
        it.text((118.0, y + 44.0), "−1");
        it.text((196.0, low + 44.0), "z_e receives (1 − 1) · d");
    }
}
