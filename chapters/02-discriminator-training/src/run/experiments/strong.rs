//! What reaches the fakes while D grows sure of a generator that has learnt nothing.

use gradients::plain::{AdamConfig, Mlp, sigmoid};
use lab::{
    Axis, Claim, Cost, Experiment, History, ImageGrid, Lab, Measurements,
    Plot, Within, panels, rng_at,
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
    let real = RealBatches::new(lab, 64)?;
    let g = untrained_generator(lab, real.digits.pixel_count());
    let (held_out, size) = held_out(lab, 2000)?; // [2000, 784]
    let fresh = g.output(&noise(held_out.nrows(), &mut lab.rng("held-out"))); // [2000, 784]
    let d = trained(lab, real, g, &fresh)?;
    let reached = accuracy(&d.output(&held_out), &d.output(&fresh));
    lab.result("digits_vs_noise_accuracy", reached, Within::Absolute(0.005))?;
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

/// D after its steps, watched on some of the fakes.
fn trained(
    lab: &mut Lab,
    mut real: RealBatches,
    g: Mlp<f32>,
    fresh: &Array2<f32>,
) -> anyhow::Result<Mlp<f32>> {
    let (seed, pixels) = (lab.seed(), real.digits.pixel_count());
    let draw = move |step| {
        (real.at(step), g.output(&noise(64, &mut rng_at(seed, step))))
    };
    let adam = AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
    let mut training = Training::new(on_pixels(lab, pixels, adam)?, draw);
    let probe = fresh.slice(s![..fresh.nrows().min(256), ..]).to_owned(); // [256, 784]
    let steps: u64 = lab.by_scale(20, 300, 3000);
    lab.result("digits_vs_noise_steps", steps as f64, Within::Exactly)?;
    let milestones = (0..=steps).step_by((steps as usize / 60).max(1));
    let history = lab.train_and_observe(
        "digits-vs-noise",
        milestones,
        &mut training,
        |training| look(&training.d.net(), &probe),
    )?;
    note(lab, &history)?;
    Ok(training.d.net())
}

/// How sure D is of the fakes, and what reaches them.
fn look(d: &Mlp<f32>, probe: &Array2<f32>) -> Vec<f32> {
    let push = |backward: fn(&Array2<f32>) -> Array2<f32>| {
        root_mean_square(input_gradient(d, probe, backward).view()) as f32
    };
    let belief = d.output(probe).mapv(sigmoid); // [256, 1]
    let mean = belief.sum() / belief.len() as f32;
    let pushes = [g_loss_non_saturating_backward, g_loss_saturating_backward];
    [mean].into_iter().chain(pushes.map(push)).collect()
}

fn note(lab: &mut Lab, history: &History) -> anyhow::Result<()> {
    lab.column("step", history.iter().map(|(step, _)| *step as f64))?;
    for (n, name) in SEEN.into_iter().enumerate() {
        let seen = history.iter().map(|(_, seen)| f64::from(seen[n]));
        let seen: Vec<f64> = seen.collect();
        let (start, end) = (seen[0], seen[seen.len() - 1]);
        lab.result(&format!("start_{name}"), start, Within::Factor(1.5))?;
        lab.result(&format!("end_{name}"), end, Within::Factor(3.0))?;
        lab.column(name, seen)?;
    }
    Ok(())
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
