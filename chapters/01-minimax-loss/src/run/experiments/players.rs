//! Who sees what, and which way each loss pulls a logit.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "players",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("players", draw)],
    claims: Vec::new,
};

/// The colours of the two players and of their losses.
const OF_D: usize = 0;
const OF_G: usize = 1;

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 392.0);
    let (upper, lower) = (74.0, 196.0);
    let z = it.array((30.0, lower), (4, 2), ("z", "[B′, Z]"));
    let g = it.block((106.0, lower), (54.0, 54.0), ("G", ""), moves(OF_G));
    let fake = it.array((188.0, lower), (4, 3), ("fake", "[B′, X]"));
    let real = it.array((188.0, upper), (4, 3), ("real", "[B, X]"));
    let d = it.block((272.0, 135.0), (54.0, 176.0), ("D", ""), moves(OF_D));
    let s_real = it.array((350.0, upper), (4, 1), ("s real", "[B, 1]"));
    let s_fake = it.array((350.0, lower), (4, 1), ("s fake", "[B′, 1]"));
    for (from, to) in [(z, g), (g, fake)] {
        it.arrow(&[from.right(0.0), to.left(0.0)], Flow::Forward);
    }
    for (from, to, below) in
        [(real, s_real, upper - 135.0), (fake, s_fake, lower - 135.0)]
    {
        it.arrow(&[from.right(0.0), d.left(below)], Flow::Forward);
        it.arrow(&[d.right(below), to.left(0.0)], Flow::Forward);
    }
    // Which way a loss pulls a logit.
    for (x, y, up, colour, text) in [
        (392.0, upper, true, OF_D, "L_D"),
        (392.0, lower, false, OF_D, "L_D"),
        (442.0, lower, true, OF_G, "L_G"),
    ] {
        let ends = [(x, y + 22.0), (x, y - 22.0)];
        let way = if up { ends } else { [ends[1], ends[0]] };
        it.arrow(&way, Flow::Gradient(colour));
        it.text((x + 8.0, y), text);
    }
    let wide = (468.0, 52.0);
    it.block(
        (240.0, 292.0),
        wide,
        ("L_D, minimised by moving D alone", "sees both: real up, fake down"),
        moves(OF_D),
    );
    it.block(
        (240.0, 356.0),
        wide,
        ("L_G, minimised by moving G alone", "sees the fakes alone: fake up"),
        moves(OF_G),
    );
    it.svg()
}

fn moves(colour: usize) -> Look {
    Look::Moves(colour)
}
