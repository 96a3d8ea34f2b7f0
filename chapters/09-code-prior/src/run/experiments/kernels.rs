//! What a 3 × 3 kernel may look at: all nine places, those before the middle, those and the middle.

use lab::{Cost, Diagram, Experiment, Look, Measurements};

use crate::pixelcnn::Mask;

pub const EXPERIMENT: Experiment = Experiment {
    name: "kernels",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("kernels", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 244.0);
    let kernels = [
        ("chapter 8's", 9),
        ("mask A", Mask::A as usize),
        ("mask B", Mask::B as usize),
    ];
    for (n, (name, live)) in kernels.into_iter().enumerate() {
        kernel(&mut it, 84.0 + 156.0 * n as f64, name, live);
    }
    let key = [
        (Look::Moves(0), "a weight that is used"),
        (Look::Still, "a weight that is 0"),
    ];
    for (n, (look, says)) in key.into_iter().enumerate() {
        let y = 194.0 + 28.0 * n as f64;
        it.block((32.0, y), (36.0, 20.0), ("", ""), look);
        it.text((64.0, y), says);
    }
    it.svg()
}

/// Nine places in reading order, of which the first are used; the middle one is the place itself.
fn kernel(it: &mut Diagram, x: f64, name: &str, live: usize) {
    let left = x - 4.5 * name.chars().count() as f64;
    it.title((left, 16.0), name);
    for n in 0..9 {
        let at = |n: usize| 42.0 * (n as f64 - 1.0);
        let place = (x + at(n % 3), 92.0 + at(n / 3));
        let look = if n < live { Look::Moves(0) } else { Look::Still };
        let number = n.to_string();
        it.block(place, (38.0, 38.0), (&number, ""), look);
    }
}
