//! How hard two losses of a generator push a fake's logit, as arrows.

use lab::{Cost, Diagram, Experiment, Flow, Lab, Measurements};
use ndarray::array;

use crate::plain::{
    g_loss_non_saturating_backward, g_loss_saturating_backward, optimal_logit,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "pushes",
    cost: Cost::Seconds,
    measure,
    figures: &[("pushes", draw)],
    claims: Vec::new,
};

/// What D says of the fake, and in words.
const SEEN: [(f64, &str); 3] = [
    (0.05, "D = 0.05: the fake is caught"),
    (0.5, "D = 0.5: D is in doubt"),
    (0.95, "D = 0.95: the fake passes"),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let logit = |d: f64| array![[optimal_logit(d.ln(), (1.0 - d).ln())]]; // [1, 1]
    let of = |f: fn(&ndarray::Array2<f64>) -> ndarray::Array2<f64>| {
        SEEN.map(|(d, _)| -f(&logit(d))[[0, 0]])
    };
    lab.column("saturating", of(g_loss_saturating_backward))?;
    lab.column("non_saturating", of(g_loss_non_saturating_backward))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 314.0);
    let losses = [
        ("saturating", of.column("saturating")?, 1),
        ("non-saturating", of.column("non_saturating")?, 0),
    ];
    for (n, (_, words)) in SEEN.into_iter().enumerate() {
        let y = 18.0 + 92.0 * n as f64;
        it.title((6.0, y), words);
        for (m, (name, push, colour)) in losses.into_iter().enumerate() {
            let y = y + 26.0 + 26.0 * m as f64;
            it.text((16.0, y), name);
            let to = 150.0 + 270.0 * push[n];
            it.arrow(&[(150.0, y), (to, y)], Flow::Gradient(colour));
            it.text((to + 8.0, y), &format!("{:.2}", push[n]));
        }
    }
    it.text((6.0, 298.0), "how hard the logit is pushed up");
    it.svg()
}
