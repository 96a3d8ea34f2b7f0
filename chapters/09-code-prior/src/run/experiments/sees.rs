//! A map in reading order, what the network is told at each place, and at whom a place may look.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "sees",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("sees", draw), ("triangle", draw_triangle)],
    claims: Vec::new,
};

/// Places of the map that is drawn, which has three rows of three.
const PLACES: usize = 9;

/// The place whose turn it is, counted from 1.
const HERE: usize = 6;

/// Known, to be guessed, or not there yet.
const KNOWN: Look = Look::Moves(0);
const GUESSED: Look = Look::Moves(1);
const LATER: Look = Look::Still;

/// The map, and below it the codes and what is told, one place apart.
fn draw(_: &Measurements) -> anyhow::Result<String> {
    const SIDE: f64 = 40.0;
    let mut it = Diagram::new(480.0, 330.0);
    it.title((6.0, 14.0), "the map");
    for place in 1..=PLACES {
        let (row, column) = ((place - 1) / 3, (place - 1) % 3);
        let at = (26.0 + SIDE * column as f64, 52.0 + SIDE * row as f64);
        let name = format!("c{}", below(place));
        let look = match place {
            _ if place < HERE => KNOWN,
            HERE => GUESSED,
            _ => LATER,
        };
        it.block(at, (SIDE - 4.0, SIDE - 4.0), (&name, ""), look);
    }
    let small = (26.0, 26.0);
    for (y, look, what) in [
        (52.0, KNOWN, "known: it came before"),
        (92.0, GUESSED, "to be guessed"),
        (132.0, LATER, "not there yet"),
    ] {
        it.block((186.0, y), small, ("", ""), look);
        it.text((210.0, y), what);
    }
    let cell = |place: usize| 108.0 + 43.0 * (place - 1) as f64;
    let (above, under, size) = (208.0, 290.0, (37.0, 34.0));
    it.title((6.0, above), "guess");
    it.title((6.0, under), "told");
    let mut before = None;
    for place in 1..=PLACES {
        let look = match place {
            _ if place < HERE => KNOWN,
            HERE => GUESSED,
            _ => LATER,
        };
        let name = format!("c{}", below(place));
        let x = cell(place);
        let code = it.block((x, above), size, (&name, ""), look);
        let told = match place {
            1 => "start".to_string(),
            _ => format!("c{}", below(place - 1)),
        };
        let look = if place <= HERE { KNOWN } else { LATER };
        // The start token's name is longer than a cell.
        let name = if place == 1 { "K" } else { &told };
        let told = it.block((x, under), size, (name, ""), look);
        if let Some(from) = before.replace(code) {
            it.arrow(&[from.bottom(4.0), told.top(-4.0)], Flow::Forward);
        }
    }
    it.svg()
}

/// Who looks at whom: a row for each place that looks, a column for each row that is looked at.
fn draw_triangle(_: &Measurements) -> anyhow::Result<String> {
    const SIDE: f64 = 30.0;
    let mut it = Diagram::new(480.0, 372.0);
    let at = |row: usize, column: usize| {
        let [x, y] = [column, row].map(|n| SIDE * (n as f64 - 1.0));
        (118.0 + x, 76.0 + y)
    };
    let cell = (SIDE - 3.0, SIDE - 3.0);
    it.title((104.0, 14.0), "looks at the row that holds");
    it.title((6.0, 44.0), "guess of");
    for row in 1..=PLACES {
        let (x, y) = at(row, 1);
        it.text((x - 48.0, y), &format!("c{}", below(row)));
        let (x, y) = at(1, row);
        let name = match row {
            1 => "K".to_string(),
            _ => format!("c{}", below(row - 1)),
        };
        it.text((x - 9.0, y - 32.0), &name);
        for column in 1..=PLACES {
            let look = match (column <= row, row == HERE) {
                (true, true) => GUESSED,
                (true, false) => KNOWN,
                (false, _) => LATER,
            };
            let name = if column <= row { "" } else { "0" };
            it.block(at(row, column), cell, (name, ""), look);
        }
    }
    let (x, y) = at(HERE, PLACES);
    it.arrow(&[(x + 44.0, y), (x + 18.0, y)], Flow::Forward);
    it.text((x + 50.0, y), "place 6");
    it.svg()
}

/// A number below the line.
fn below(n: usize) -> char {
    char::from_digit(n as u32, 10)
        .and_then(|d| char::from_u32(0x2080 + d as u32 - '0' as u32))
        .unwrap_or(' ')
}
