//! What a price does to the choice of a code: a border that moves, and a code that stands farther off.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "dear",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("dear", draw), ("height", draw_height)],
    claims: Vec::new,
};

/// Where two codes lie on a line, what each takes in bits, and what a bit costs.
const CODES: [f64; 2] = [0.0, 4.0];
const BITS: [f64; 2] = [1.0, 5.0];
const BIT: f64 = 2.0;

/// A latent between them.
const LATENT: f64 = 2.6;

/// A latent's choice between two codes on a line, without prices and with them.
fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 352.0);
    let at = |v: f64| 120.0 + 60.0 * v;
    let [a, b] = CODES;
    let border = |bit: f64| {
        let dearer = bit * (BITS[1] - BITS[0]);
        0.5 * (a + b) + 0.5 * dearer / (b - a)
    };
    it.title((60.0, 16.0), "without prices: the nearest code");
    it.title((60.0, 164.0), "with prices: the cheapest code");
    for (y, bit) in [(52.0, 0.0), (200.0, BIT)] {
        let ends = [at(-1.0), at(border(bit)), at(5.0)];
        for n in 0..2 {
            let (x, wide) = (ends[n], ends[n + 1] - ends[n]);
            let name = format!("code {}", n + 1);
            let middle = (x + wide / 2.0, y);
            it.block(middle, (wide, 36.0), (&name, ""), Look::Moves(n));
            let dot = (at(CODES[n]), y + 40.0);
            it.block(dot, (14.0, 14.0), ("", ""), Look::Moves(n));
            let bits = match BITS[n] {
                1.0 => "1 bit".into(),
                bits => format!("{bits} bits"),
            };
            it.text((at(CODES[n]) - 20.0, y + 62.0), &bits);
        }
        let dot = (at(LATENT), y + 40.0);
        it.block(dot, (14.0, 14.0), ("", ""), Look::Still);
        it.text((at(LATENT) - 22.0, y + 62.0), "latent");
        let line = [(at(-1.0), y + 40.0), (at(5.0) + 20.0, y + 40.0)];
        it.arrow(&line, Flow::Forward);
    }
    for n in 0..2 {
        let far = (LATENT - CODES[n]).abs();
        let cost = far * far + BIT * BITS[n];
        let what = format!(
            "to code {}: {far:.1}² + {BIT} · {} = {cost:.2}",
            n + 1,
            BITS[n]
        );
        it.text((60.0, 304.0 + 26.0 * n as f64), &what);
    }
    it.svg()
}

/// A near code that is dear, and one further off that is cheap: a price as one coordinate more.
fn draw_height(_: &Measurements) -> anyhow::Result<String> {
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
