//! What reaches the fakes while D grows sure of a generator that has learnt nothing.

use gradients::plain::{AdamConfig, sigmoid};
use lab::{
    Axis, Claim, Cost, Experiment, ImageGrid, Lab, Measurements, Plot,
    Within, panels, rng_at,
};
use minimax_loss::plain::{
    g_loss_non_saturating_backward, g_loss_saturating_backward,
};
use ndarray::{Array2, s};

use super::{RealBatches, held_out, noise, on_pixels, untrained_generator};
use crate::plain::{accuracy, as_images, input_gradient, root_mean_square};
use crate::training::Training;

pub const EXPERIMENT: Experiment = Experiment {
    name: "digits-vs-noise",
    cost: Cost::Seconds,
    measure,
    figures: &[("strong", draw)],
    claims,
};

/// What is looked at while D learns.
const SEEN: [&str; 3] = ["belief", "non_saturating", "saturating"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let mut real = RealBatches::new(lab, 64)?;
    let pixels = real.digits.pixel_count();
    let g = untrained_generator(lab, pixels);
    let (held_out, size) = held_out(lab, 2000)?; // [2000, 784]
    let fresh = g.output(&noise(held_out.nrows(), &mut lab.rng("held-out"))); // [2000, 784]
    let (seed, made) = (lab.seed(), g);
    let draw = move |step| {
        (real.at(step), made.output(&noise(64, &mut rng_at(seed, step))))
    };
    let adam = AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
    let mut training = Training::new(on_pixels(lab, pixels, adam)?, draw);
    let probe = fresh.slice(s![..fresh.nrows().min(256), ..]).to_owned(); // [256, 784]
    let steps: u64 = lab.by_scale(20, 300, 3000);
    let milestones = (0..=steps).step_by((steps as usize / 60).max(1));
    let history = lab.train_and_observe(
        "digits-vs-noise",
        milestones,
        &mut training,
        |training| {
            let d = &training.d.net();
            let push = |backward: fn(&Array2<f32>) -> Array2<f32>| {
                root_mean_square(input_gradient(d, &probe, backward).view())
                    as f32
            };
            let belief = d.output(&probe).mapv(sigmoid); // [256, 1]
            let mean = belief.sum() / belief.len() as f32;
            vec![
                mean,
                push(g_loss_non_saturating_backward),
                push(g_loss_saturating_backward),
            ]
        },
    )?;
    lab.column("step", history.iter().map(|(step, _)| *step as f64))?;
    for (n, name) in SEEN.into_iter().enumerate() {
        let seen: Vec<f64> =
            history.iter().map(|(_, seen)| f64::from(seen[n])).collect();
        lab.result(&format!("start_{name}"), seen[0], Within::Factor(1.5))?;
        lab.result(
            &format!("end_{name}"),
            seen[seen.len() - 1],
            Within::Factor(3.0),
        )?;
        lab.column(name, seen)?;
    }
    let d = training.d.net();
    let reached = accuracy(&d.output(&held_out), &d.output(&fresh));
    lab.result("digits_vs_noise_accuracy", reached, Within::Absolute(0.005))?;
    lab.result("digits_vs_noise_steps", steps as f64, Within::Exactly)?;

    let shown = held_out.nrows().min(12);
    let mut grid = ImageGrid::new(shown);
    for rows in [&held_out, &fresh] {
        let rows = rows.slice(s![..shown, ..]).to_owned();
        as_images(&rows, size)
            .outer_iter()
            .for_each(|image| grid.push(image, -1.0, 1.0));
    }
    lab.image("untrained", &grid)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = |y| Plot::new("").x("step of D", Axis::Linear).y(y, Axis::Log);
    let sure = plot("mean D of the fakes")
        .colour(2)
        .line("", of.curve("step", "belief")?);
    let pushes = plot("gradient at a fake")
        .line("non-saturating", of.curve("step", "non_saturating")?)
        .line("saturating", of.curve("step", "saturating")?);
    panels(&[sure, pushes], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![
        ("a_sure_d", Claim::times(20.0, "end_belief", "start_belief")),
        (
            "alike_at_the_start",
            Claim::equal(
                0.3,
                "start_saturating",
                "start_non_saturating",
                "end_saturating",
            ),
        ),
        (
            "the_saturating_loss_fades",
            Claim::times(30.0, "end_saturating", "start_saturating"),
        ),
        (
            "the_other_does_not",
            Claim::less("start_non_saturating", "end_non_saturating"),
        ),
        ("an_easy_task", Claim::less(0.98, "digits_vs_noise_accuracy")),
    ]
}
