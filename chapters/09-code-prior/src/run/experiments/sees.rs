//! Which rows a place sees, and which code it has to guess.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "sees",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("sees", draw)],
    claims: Vec::new,
};

/// What each row holds: the start token, then the code before its place.
const HELD: [&str; 5] = ["start", "c₁", "c₂", "c₃", "c₄"];
const GUESSED: [&str; 5] = ["c₁ ?", "c₂ ?", "c₃ ?", "c₄ ?", "c₅ ?"];

const EARLIER: Look = Look::Moves(0);
const OWN: Look = Look::Moves(1);
const CELL: (f64, f64) = (48.0, 30.0);

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 386.0);
    it.title((6.0, 16.0), "place");
    it.title((80.0, 16.0), "the row of each place holds");
    it.title((404.0, 16.0), "guesses");
    for (j, held) in HELD.into_iter().enumerate() {
        it.block(cell(j, 48.0), CELL, (held, ""), Look::Still);
    }
    for (i, guessed) in GUESSED.into_iter().enumerate() {
        row(&mut it, i, guessed);
    }
    let key = [
        (EARLIER, "the row of an earlier place: seen"),
        (OWN, "its own row, the code before it: seen"),
        (Look::Still, "the row of a later place: weight 0"),
    ];
    for (n, (look, says)) in key.into_iter().enumerate() {
        let y = 318.0 + 28.0 * n as f64;
        it.block((32.0, y), (36.0, 20.0), ("", ""), look);
        it.text((64.0, y), says);
    }
    it.svg()
}

/// The middle of a column at a height.
fn cell(column: usize, y: f64) -> (f64, f64) {
    (104.0 + 52.0 * column as f64, y)
}

/// One place: its number, what it sees of the five rows, and its guess.
fn row(it: &mut Diagram, i: usize, guessed: &str) {
    let y = 110.0 + 38.0 * i as f64;
    it.text((22.0, y), &(i + 1).to_string());
    for j in 0..5 {
        let look = match j {
            _ if j < i => EARLIER,
            _ if j == i => OWN,
            _ => Look::Still,
        };
        it.block(cell(j, y), CELL, ("", ""), look);
    }
    let end = it.block((438.0, y), (64.0, 30.0), (guessed, ""), Look::Still);
    it.arrow(&[(344.0, y), end.left(0.0)], Flow::Forward);
}
