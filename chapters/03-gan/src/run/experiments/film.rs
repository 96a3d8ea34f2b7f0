//! A generator of modes on its way, in frames: its samples over what the discriminator thinks of the plane.

use gradients::plain::{Mlp, sigmoid};
use lab::{Axis, Lab, Measurements, Plot, panels};
use ndarray::Array2;

use crate::run::task::{Run, Task, samples};
use crate::training::Players;

/// Half the side of the square that a frame shows.
pub const REACH: f64 = 1.5;
/// Points in a frame.
const POINTS: usize = 400;
/// Cells on a side of its landscape.
const CELLS: usize = 36;

/// What a frame needs: samples, the discriminator over the square, and how many modes there are and how sharp they are.
pub fn frame(task: &Task, gan: &dyn Players) -> Vec<f32> {
    let (g, noise) = (gan.g(), gan.config().noise);
    let x = samples(&g, noise, POINTS); // [400, 2]
    let judged = task.judge(&g, noise);
    let coordinates = x.columns().into_iter().flatten().copied();
    let found = [judged.modes as f32, judged.high_quality as f32];
    coordinates.chain(landscape(&gan.d())).chain(found).collect()
}

/// The discriminator's probability of "real" in each cell of the square, the lowest row first.
pub fn landscape(d: &Mlp<f32>) -> Vec<f32> {
    let at = |n: usize| (2 * n + 1) as f64 / CELLS as f64 - 1.0;
    let places = Array2::from_shape_fn((CELLS * CELLS, 2), |(n, axis)| {
        let n = if axis == 0 { n % CELLS } else { n / CELLS };
        (REACH * at(n)) as f32
    }); // [1296, 2]
    d.output(&places).mapv(sigmoid).into_iter().collect()
}

/// A picture shows no more digits.
pub fn rounded(part: &[f32]) -> impl Iterator<Item = f64> {
    part.iter().map(|v| (f64::from(*v) * 1000.0).round() / 1000.0)
}

/// Records the frames of a run.
pub fn note(lab: &mut Lab, run: &Run) -> anyhow::Result<()> {
    lab.column("step", run.seen.iter().map(|(step, _)| *step as f64))?;
    let modes = run.seen.iter().map(|(_, seen)| seen[seen.len() - 2]);
    lab.column("modes", modes.map(f64::from))?;
    for (n, (_, seen)) in run.seen.iter().enumerate() {
        let (x, rest) = seen.split_at(POINTS);
        let (y, rest) = rest.split_at(POINTS);
        let d = &rest[..CELLS * CELLS];
        for (what, part) in [("x", x), ("y", y), ("d", d)] {
            lab.column(&format!("{what}_{n}"), rounded(part))?;
        }
    }
    Ok(())
}

/// A square with what the discriminator thinks of it.
pub fn ground(
    of: &Measurements,
    title: &str,
    d: &str,
) -> anyhow::Result<Plot> {
    let d = of.column(d)?.to_vec();
    let d = Array2::from_shape_vec((CELLS, CELLS), d)?;
    Ok(empty(title).shade(&d, (-REACH, REACH), (-REACH, REACH)))
}

/// A square with nothing in it.
pub fn empty(title: &str) -> Plot {
    Plot::new(title)
        .square()
        .x("", Axis::Linear)
        .y("", Axis::Linear)
        .x_range(-REACH, REACH)
        .y_range(-REACH, REACH)
}

/// The frames, each with the centres of the ring's modes, and with how many modes its samples show.
pub fn draw(of: &Measurements) -> anyhow::Result<String> {
    let ring = Task::wide_ring()?;
    let centres = ring.data.means().rows().into_iter().map(|m| (m[0], m[1]));
    let centres: Vec<_> = centres.collect();
    let frames = of.column("step")?.iter().zip(of.column("modes")?);
    let frames = frames.enumerate().map(|(n, (step, modes))| {
        let title = format!("step {step}: {modes} of 8 modes");
        let points = of.curve(&format!("x_{n}"), &format!("y_{n}"))?;
        let ground = ground(of, &title, &format!("d_{n}"))?;
        let ground = ground.colour(2).points("", centres.clone());
        Ok(ground.colour(1).points("", points))
    });
    panels(&frames.collect::<anyhow::Result<Vec<_>>>()?, 3)
}
