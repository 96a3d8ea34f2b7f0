//! How codes become one number: an interval that narrows, symbol by symbol.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "interval",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("interval", draw)],
    claims: Vec::new,
};

/// Which codes a map of three places has, and the shares of three codes at each.
const MAP: [usize; 3] = [0, 1, 0];
const SHARES: [[f64; 3]; 3] =
    [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.25, 0.25, 0.5]];

/// A bar for each place, as wide as the interval that is left.
fn draw(_: &Measurements) -> anyhow::Result<String> {
    const LEFT: f64 = 20.0;
    const WIDTH: f64 = 440.0;
    let shares = SHARES.iter().zip(MAP).map(|(p, k)| p[k]);
    let bits = -shares.map(f64::log2).sum::<f64>();
    let mut it = Diagram::new(480.0, 404.0);
    let (mut from, mut width) = (0.0, 1.0);
    for (place, p) in SHARES.iter().enumerate() {
        let y = 56.0 + 124.0 * place as f64;
        let to = from + width;
        let said = format!("place {}: {from:.3} to {to:.3}", place + 1);
        it.title((110.0, y - 40.0), &said);
        let mut start = 0.0;
        for (code, p) in p.iter().enumerate() {
            let (x, wide) = (LEFT + WIDTH * start, WIDTH * p);
            let chosen = code == MAP[place];
            let look = match chosen {
                true => Look::Moves(0),
                false => Look::Still,
            };
            let (name, word) = (format!("code {code}"), format!("{p:.2}"));
            let middle = (x + wide / 2.0, y);
            let node = it.block(middle, (wide, 48.0), (&name, &word), look);
            if chosen {
                let half = wide / 2.0;
                if place < 2 {
                    for (side, end) in [(-half, LEFT), (half, LEFT + WIDTH)] {
                        let to = (end, y + 100.0);
                        it.arrow(&[node.bottom(side), to], Flow::Forward);
                    }
                }
                (from, width) = (from + width * start, width * p);
            }
            start += p;
        }
    }
    let to = from + width;
    it.title((LEFT, 352.0), &format!("left: {from:.4} to {to:.4}"));
    let digits = bits.round() as usize;
    let number = (from * 2.0_f64.powf(bits)).round() as usize;
    it.text(
        (LEFT, 378.0),
        &format!(
            "{bits:.0} bits: the number 0.{number:0digits$b}, in binary, lies in it"
        ),
    );
    it.svg()
}
