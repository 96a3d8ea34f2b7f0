//! What the best discriminator answers at three places: the share of the data among what lies there.

use gradients::plain::sigmoid;
use lab::{Cost, Diagram, Experiment, Lab, Look, Measurements};
use ndarray::Array1;

use crate::plain::{optimal_d, optimal_logit};

pub const EXPERIMENT: Experiment = Experiment {
    name: "share",
    cost: Cost::Seconds,
    measure,
    figures: &[("share", draw)],
    claims: Vec::new,
};

/// How many of eight real and of eight generated examples lie at a place.
const PLACES: [(usize, usize); 3] = [(4, 1), (3, 3), (1, 4)];
const OF: f64 = 8.0;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let share = |n: usize| n as f64 / OF;
    let p: Array1<f64> = PLACES.iter().map(|(n, _)| share(*n)).collect(); // [3]
    let q: Array1<f64> = PLACES.iter().map(|(_, n)| share(*n)).collect(); // [3]
    let d = optimal_d(&p, &q); // [3]
    let logit = |(p, q): (&f64, &f64)| optimal_logit(p.ln(), q.ln());
    let s: Array1<f64> = p.iter().zip(&q).map(logit).collect(); // [3]
    anyhow::ensure!((&d - &s.mapv(sigmoid)).sum().abs() < 1e-9, "D = σ(s)");
    lab.column("d", d)?;
    lab.column("s", s)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 276.0);
    it.title((6.0, 18.0), "place");
    it.title((70.0, 18.0), "what lies there");
    it.title((322.0, 18.0), "D*");
    it.title((404.0, 18.0), "s*");
    let (d, s) = (of.column("d")?, of.column("s")?);
    for (n, (real, fake)) in PLACES.into_iter().enumerate() {
        let y = 60.0 + 70.0 * n as f64;
        it.text((22.0, y), ["A", "B", "C"][n]);
        for (many, above, colour) in [(real, -14.0, 0), (fake, 14.0, 1)] {
            for at in 0..many {
                let x = 84.0 + 30.0 * at as f64;
                let size = (26.0, 22.0);
                it.block((x, y + above), size, ("", ""), Look::Moves(colour));
            }
            let x = 76.0 + 30.0 * many as f64;
            it.text((x, y + above), ["real", "fake"][colour]);
        }
        it.text((322.0, y), &format!("{:.2}", d[n]));
        it.text((404.0, y), &format!("{:.2}", s[n]).replace('-', "−"));
    }
    it.text((6.0, 260.0), "of eight real and eight generated examples");
    it.svg()
}
