//! A generator of modes on its way, in frames: what the figures of the ring and of the grid share.

use gradients::plain::sigmoid;
use lab::{Axis, Lab, Measurements, Plot, Within, panels};
use ndarray::Array2;

use crate::run::task::{
    Pairs, Run, Task, lasts, means, record, record_reach,
};
use crate::training::Players;

/// Every pair is trained from so many seeds.
pub const SEEDS: usize = 5;
/// Points in a frame.
const POINTS: usize = 400;
/// Cells on a side of its landscape.
const CELLS: usize = 36;

/// Trains the recipe from several seeds; records what comes of them, and the frames of the first.
pub fn measure(lab: &mut Lab, task: &Task) -> anyhow::Result<()> {
    let config = task.config();
    let width = lab.by_scale(16, 128, 128);
    let pairs = Pairs { task, config, width, seeds: SEEDS };
    let see = |gan: &dyn Players| frame(task, gan);
    let runs = pairs.train(lab, task.name, &task.frames, see)?;
    let (name, of) = (task.name, task.data.means().nrows());
    record(lab, name, &means(&runs), of)?;
    record_reach(lab, name, &means(&runs))?;
    record(lab, &format!("{name}_last"), &lasts(&runs), of)?;
    for (what, number) in
        [("steps", task.steps() as f64), ("seeds", SEEDS as f64)]
    {
        lab.result(&format!("{name}_{what}"), number, Within::Exactly)?;
    }
    let each = runs.iter().map(|run| run.seconds).sum::<f64>() / SEEDS as f64;
    lab.result(&format!("{name}_seconds_per_run"), each, Within::Timing)?;
    note(lab, task, &runs[0])
}

/// What a frame needs: samples of the averaged generator, and the discriminator over the square.
fn frame(task: &Task, gan: &dyn Players) -> Vec<f32> {
    let (noise, d) = (gan.config().noise, gan.d());
    let x = task.samples(&gan.mean(), noise, POINTS); // [400, 2]
    let at = |n: usize| (2 * n + 1) as f64 / CELLS as f64 - 1.0;
    let places = Array2::from_shape_fn((CELLS * CELLS, 2), |(n, axis)| {
        let n = if axis == 0 { n % CELLS } else { n / CELLS };
        (task.reach * at(n) * task.scale) as f32
    }); // [1296, 2]
    // A relativistic logit has no zero of its own: the mean at the samples is taken for it.
    let s = d.output(&x.mapv(|v| (v * task.scale) as f32)); // [400, 1]
    let level = s.sum() / s.len() as f32;
    let d = d.output(&places).mapv(|s| sigmoid(s - level)); // [1296, 1]
    let coordinates = x.columns().into_iter().flatten().map(|v| *v as f32);
    coordinates.chain(d.iter().copied()).collect()
}

/// Records the frames of a run.
fn note(lab: &mut Lab, task: &Task, run: &Run) -> anyhow::Result<()> {
    lab.column("reach", [task.reach])?;
    lab.column("step", run.seen.iter().map(|(step, _)| *step as f64))?;
    for (n, (_, seen)) in run.seen.iter().enumerate() {
        // A picture shows no more.
        let round = |v: &f32| (f64::from(*v) * 1000.0).round() / 1000.0;
        let (x, rest) = seen.split_at(POINTS);
        let (y, d) = rest.split_at(POINTS);
        for (what, part) in [("x", x), ("y", y), ("d", d)] {
            lab.column(&format!("{what}_{n}"), part.iter().map(round))?;
        }
    }
    Ok(())
}

/// The frames: samples over the discriminator's landscape.
pub fn draw_film(of: &Measurements) -> anyhow::Result<String> {
    let reach = of.column("reach")?[0];
    let whole = (-reach, reach);
    let frame = |(n, step): (usize, &f64)| {
        let points = of.curve(&format!("x_{n}"), &format!("y_{n}"))?;
        let d = of.column(&format!("d_{n}"))?.to_vec();
        let d = Array2::from_shape_vec((CELLS, CELLS), d)?;
        let plot = Plot::new(&format!("{step} steps"))
            .square()
            .x("", Axis::Linear)
            .y("", Axis::Linear)
            .x_range(whole.0, whole.1)
            .y_range(whole.0, whole.1)
            .shade(&d, whole, whole)
            .colour(1)
            .points("", points);
        Ok(plot)
    };
    let frames = of.column("step")?.iter().enumerate().map(frame);
    panels(&frames.collect::<anyhow::Result<Vec<_>>>()?, 3)
}
