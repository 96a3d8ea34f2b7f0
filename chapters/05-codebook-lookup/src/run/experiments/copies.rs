//! A code that is handed out three times has three gradients coming back.

use lab::{Cost, Diagram, Experiment, Flow, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "copies",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("copies", draw)],
    claims: Vec::new,
};

/// The code of each latent.
const INDICES: [usize; 5] = [1, 0, 1, 1, 3];

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 424.0);
    it.title((6.0, 16.0), "Forward: rows are copied");
    let codes = ["e₀", "e₁", "e₂", "e₃"];
    let latents = ["z₀", "z₁", "z₂", "z₃", "z₄"].map(|z| format!("for {z}"));
    rows(
        &mut it,
        46.0,
        &codes,
        &latents.each_ref().map(String::as_str),
        false,
    );
    it.title((6.0, 234.0), "Backward: gradients are added");
    let sums = ["d₁", "d₀ + d₂ + d₃", "0", "d₄"];
    rows(&mut it, 264.0, &sums, &["d₀", "d₁", "d₂", "d₃", "d₄"], true);
    it.svg()
}

/// Codes on the left, what stands for the latents on the right.
fn rows(
    it: &mut Diagram,
    top: f64,
    left: &[&str; 4],
    right: &[&str; 5],
    back: bool,
) {
    let codes = [0, 1, 2, 3].map(|n| {
        let y = top + 10.0 + 40.0 * f64::from(n);
        it.text((6.0, y), left[n as usize]);
        it.array((160.0, y), (1, 3), ("", ""))
    });
    for (n, k) in INDICES.into_iter().enumerate() {
        let y = top + 35.0 * n as f64;
        let row = it.array((370.0, y), (1, 3), ("", ""));
        it.text((396.0, y), right[n]);
        if back {
            let way = [row.left(0.0), codes[k].right(0.0)];
            it.arrow(&way, Flow::Gradient(1));
        } else {
            let way = [codes[k].right(0.0), row.left(0.0)];
            it.arrow(&way, Flow::Forward);
        }
    }
}
