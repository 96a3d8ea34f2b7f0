//! Two codes, an aim between them, and a latent that descends.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray::array;

use super::{average, share};
use crate::plain::descend;

pub const EXPERIMENT: Experiment = Experiment {
    name: "hover",
    cost: Cost::Seconds,
    measure,
    figures: &[("hover", draw)],
    claims,
};

/// Step sizes, the first that of the figure.
const STEP_SIZES: [f64; 3] = [0.02, 0.002, 0.0002];
const AIM: f64 = -0.2;
/// The latent starts at the better code, or nearly.
const START: f64 = -0.9;

fn loss(z_q: f64) -> f64 {
    0.5 * (z_q - AIM).powi(2)
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    for lr in STEP_SIZES {
        let steps = lab.by_scale(12_000, 20_000, 200_000);
        let codebook = array![[-1.0], [1.0]]; // [2, 1]
        let start = array![[START]]; // [1, 1]
        let path = descend(start, &codebook, lr, steps, |z_q| z_q - AIM)?;
        let z: Vec<f64> = path.iter().map(|(z, _)| z[[0, 0]]).collect();
        let z_q: Vec<f64> = path.iter().map(|(_, q)| q.z_q[[0, 0]]).collect();
        let half = z.len() / 2;
        let results = [
            ("mean_z_q", average(z_q[half..].iter().copied())),
            ("mean_loss", average(z_q[half..].iter().map(|q| loss(*q)))),
            ("share_at_worse_code", share(&z_q[half..], |q| q > 0.0)),
            ("farthest", z[half..].iter().fold(0.0, |a, z| z.abs().max(a))),
        ];
        for (name, value) in results {
            let name = format!("hover_{name}_at_{lr}");
            lab.result(&name, value, Within::Absolute(1e-3))?;
        }
        if lr == STEP_SIZES[0] {
            lab.column("z", z[..200].iter().copied())?;
            lab.column("loss", z_q[..200].iter().map(|q| loss(*q)))?;
            lab.column("step", (0..200).map(f64::from))?;
        }
    }
    let exact = Within::Absolute(1e-12);
    lab.result("hover_aim", AIM, exact)?;
    lab.result("hover_better_loss", loss(-1.0), exact)?;
    lab.result("hover_worse_loss", loss(1.0), exact)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = |title, y| {
        Plot::new(title).x("step", Axis::Linear).y(y, Axis::Linear)
    };
    let latent = plot("latent", "z")
        .y_range(-1.1, 0.5)
        .line("", of.curve("step", "z")?)
        .horizontal("border", 0.0)
        .horizontal("aim", of.value("hover_aim")?);
    let l = of.column("loss")?;
    let recent = |n: usize| {
        let from = n.saturating_sub(20);
        (n as f64, average(l[from..=n].iter().copied()))
    };
    let losses = plot("loss of its code", "loss")
        .y_range(0.0, 0.8)
        .colour(4)
        .points("each step", of.curve("step", "loss")?)
        .colour(1)
        .line("mean of 20", (0..l.len()).map(recent))
        .horizontal("the better code", of.value("hover_better_loss")?);
    lab::panels(&[latent, losses], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let at = |name: &str| {
        STEP_SIZES.map(|lr| format!("hover_{name}_at_{lr}").into()).to_vec()
    };
    let every = |name: &str| vec![name.into(); STEP_SIZES.len()];
    let first = |name: &str| format!("hover_{name}_at_{}", STEP_SIZES[0]);
    let starts = vec![START.into(); STEP_SIZES.len()];
    vec![
        (
            "it_ends_on_the_border",
            Claim::equal(0.025, first("farthest"), 0.0, -START),
        ),
        (
            "it_pays_half_as_much_again",
            Claim::times(1.49, "hover_better_loss", first("mean_loss")),
        ),
        (
            "a_visit_costs",
            Claim::times(2.0, "hover_better_loss", "hover_worse_loss"),
        ),
        (
            "the_mean_code_is_the_aim",
            Claim::Equal(2e-3, at("mean_z_q"), every("hover_aim"), starts),
        ),
        (
            "a_smaller_step_changes_nothing",
            Claim::Equal(
                2e-3,
                at("mean_loss"),
                vec![first("mean_loss").into(); STEP_SIZES.len()],
                every("hover_better_loss"),
            ),
        ),
    ]
}
