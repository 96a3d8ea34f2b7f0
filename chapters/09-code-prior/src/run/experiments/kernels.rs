//! The masked kernels of a PixelCNN: what the first convolution may look at, and what all others may.

use lab::{Cost, Diagram, Experiment, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "kernels",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("kernels", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 262.0);
    draw_kernel(&mut it, 8.0, 4, ["mask A, m = 4", "reads codes"]);
    draw_kernel(&mut it, 254.0, 5, ["mask B, m = 5", "reads rows"]);
    let small = (24.0, 24.0);
    it.block((22.0, 244.0), small, ("", ""), Look::Moves(0));
    it.text((42.0, 244.0), "learnt");
    it.block((122.0, 244.0), small, ("0", ""), Look::Still);
    it.text((142.0, 244.0), "always 0");
    it.text((250.0, 244.0), "in the middle: n itself");
    it.svg()
}

/// A kernel of three by three, of which the first `m` are kept.
fn draw_kernel(it: &mut Diagram, x: f64, m: usize, said: [&str; 2]) {
    const SIDE: f64 = 52.0;
    it.title((x, 14.0), said[0]);
    it.text((x, 38.0), said[1]);
    for t in 0..9 {
        let (row, column) = (t / 3, t % 3);
        let at = (x + 25.0 + SIDE * column as f64, 84.0 + SIDE * row as f64);
        let (look, name) = match t < m {
            true => (Look::Moves(0), format!("W{}", below(t))),
            false => (Look::Still, "0".to_string()),
        };
        let word = if t == 4 { "n" } else { "" };
        it.block(at, (SIDE - 4.0, SIDE - 4.0), (&name, word), look);
    }
}

/// A number below the line.
fn below(n: usize) -> char {
    let zero = '₀' as u32;
    char::from_u32(zero + n as u32).unwrap_or(' ')
}
