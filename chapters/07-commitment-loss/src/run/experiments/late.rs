//! The codebook term taken after the straight-through step.

use gradients::plain::AdamConfig;
use lab::{
    Axis, Claim, Cost, Experiment, ImageGrid, Lab, Measurements, Within,
    panels,
};

use super::{every, note_steps, over_steps, times};
use crate::quantizer::Learning;
use crate::run::trial::{
    Case, Data, Run, SEEDS, by_gradient, rebuild, try_out,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "late",
    cost: Cost::Seconds,
    measure,
    figures: &[("late", draw)],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    note_steps(lab)?;
    // What the term says to the codebook is zero.
    let adam = AdamConfig { lr: 1e-3, ..AdamConfig::default() };
    let nothing = Learning::Gradient { adam, weight: 0.0 };
    let late = Case { late: true, ..Case::new(nothing, 0.25) };
    let cured = Case::new(by_gradient(), 0.25);
    let cured = try_out(lab, &data, "cured", cured)?;
    let late = try_out(lab, &data, "late", late)?;
    let of = |runs: &[Run]| runs.iter().map(moved).collect::<Vec<f64>>();
    lab.over_seeds("late_codebook_moved", &of(&late), Within::Exactly)?;
    lab.over_seeds(
        "cured_codebook_moved",
        &of(&cured),
        Within::Absolute(0.3),
    )?;
    let mut grid = ImageGrid::new(data.digits.dim().0);
    let rebuilt = |runs: &[Run]| rebuild(&runs[0].now, &data.digits);
    for rows in [&data.digits, &rebuilt(&cured)?, &rebuilt(&late)?] {
        rows.outer_iter().for_each(|image| grid.push(image, 0.0, 1.0));
    }
    lab.image("rebuilt", &grid)
}

/// The largest change of any number in the codebook.
fn moved(run: &Run) -> f64 {
    let [before, now] =
        [&run.before, &run.now].map(|run| run.quantizer.codebook());
    f64::from((now - before).fold(0.0_f32, |a, b| a.max(b.abs())))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let distance = over_steps("distance from the code", Axis::Log)
        .line("cured", of.curve("step", "cured_distance")?)
        .line("taken too late", of.curve("step", "late_distance")?);
    let error = over_steps("MSE / variance", Axis::Linear)
        .y_range(0.0, 1.2)
        .line("", of.curve("step", "cured_unexplained")?)
        .line("", of.curve("step", "late_unexplained")?);
    panels(&[distance, error], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [late, cured] = ["late", "cured"]
        .map(|name| every(&format!("{name}_codebook_moved")));
    let still = Claim::Equal(0.0, late, vec![0.0.into(); SEEDS], cured);
    vec![
        ("late_the_codebook_stands_still", still),
        (
            "late_the_latents_flee",
            times(1000.0, "cured_distance", "late_distance"),
        ),
        (
            "late_one_code_does_everything",
            Claim::all_below(every::<String>("late_perplexity"), 1.5),
        ),
        (
            "late_nothing_is_learnt",
            times(3.0, "cured_unexplained", "late_unexplained"),
        ),
    ]
}
