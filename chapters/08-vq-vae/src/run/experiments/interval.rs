//! How codes become one number, and what a price does to a distance.

use lab::{Cost, Diagram, Experiment, Flow, Lab, Look, Measurements};
use ndarray::array;

use crate::coding::{Tables, probabilities};

pub const EXPERIMENT: Experiment = Experiment {
    name: "interval",
    cost: Cost::Seconds,
    measure,
    figures: &[("interval", draw), ("dear", draw_dear)],
    claims: Vec::new,
};

/// Which codes a map of three places has.
const MAP: [usize; 3] = [0, 1, 0];

/// Three places, three codes: the shares of each, and what the map costs.
fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    const MANY: u64 = 1 << 20;
    let counts = array![[2, 1, 1], [1, 2, 1], [1, 1, 2]] * MANY; // [S², K]
    let shares = counts.rows().into_iter().flat_map(probabilities);
    let whole = 2.0_f64.powi(24);
    lab.column("interval_shares", shares.map(|p| f64::from(p) / whole))?;
    let bits = Tables::new(counts)?.bits(&MAP);
    lab.column("interval_bits", [bits])
}

/// A bar for each place, as wide as the interval that is left.
fn draw(of: &Measurements) -> anyhow::Result<String> {
    const LEFT: f64 = 20.0;
    const WIDTH: f64 = 440.0;
    let shares = of.column("interval_shares")?;
    let bits = of.column("interval_bits")?[0];
    let mut it = Diagram::new(480.0, 404.0);
    let (mut from, mut width) = (0.0, 1.0);
    for (place, p) in shares.chunks_exact(3).enumerate() {
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

/// A near code that is dear, and one further off that is cheap: a price as one coordinate more.
fn draw_dear(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 330.0);
    let ground = 268.0;
    let dot = (14.0, 14.0);
    let z = it.block((50.0, ground), dot, ("", ""), Look::Moves(0));
    it.title((24.0, ground + 30.0), "latent");
    let mut code = |x: f64, high: f64, names: [&str; 2], aside: f64| {
        let e = it.block((x, ground), dot, ("", ""), Look::Still);
        let far = it.block((x, ground - high), dot, ("", ""), Look::Moves(1));
        it.arrow(&[e.top(0.0), far.bottom(0.0)], Flow::Gradient(1));
        it.title((x + aside, ground + 30.0), names[0]);
        it.text((x + 14.0, ground - 0.5 * high), names[1]);
        far
    };
    let near = code(190.0, 216.0, ["near code", "√r: dear"], -36.0);
    let cheap = code(330.0, 64.0, ["far code", "√r: cheap"], -30.0);
    it.arrow(&[z.top(4.0), near.left(2.0)], Flow::Forward);
    it.arrow(&[z.right(-3.0), cheap.left(0.0)], Flow::Forward);
    it.arrow(&[(10.0, ground + 14.0), (470.0, ground + 14.0)], Flow::Forward);
    it.text((250.0, 20.0), "solid: what is compared;");
    it.text((250.0, 42.0), "the shorter one wins");
    it.svg()
}
