//! A generator of digits: trained, judged and looked at.

use judge::{Judge, record};
use lab::{History, ImageGrid, Lab, Within};
use ndarray::{Array2, s};

use crate::digits::{pair, unit, widths};
use crate::training::{Config, Players, in_room};

/// Rows of the picture of a training run, each from noise of its own.
pub const FIXED: usize = 8;

/// The pair after its training, and what fixed noise became on the way.
pub fn trained<'a>(
    lab: &Lab,
    judge: &'a Judge,
    name: &str,
) -> anyhow::Result<(Box<dyn Players + 'a>, History)> {
    let mut gan = in_room(lab, pair(lab, &judge.train, widths(lab))?)?;
    let Config { noise, cool, .. } = gan.config();
    let steps = cool.unwrap_or(0);
    let fixed = noise.sample(FIXED, &mut lab.rng("fixed")); // [8, Z]
    let milestones =
        [0, 1, 2, 4, 8, 16, 32, 64, 128, 256].map(|n| n * steps / 256);
    let history =
        lab.train_and_observe(name, milestones, &mut gan, |gan| {
            gan.mean().output(&fixed).iter().copied().collect()
        })?;
    Ok((gan, history))
}

/// Judges the averaged generator, records under `name` what is found, and gives what was judged, `[N, 784]`.
pub fn measured(
    lab: &mut Lab,
    judge: &Judge,
    name: &str,
    (gan, seconds): (&dyn Players, f64),
) -> anyhow::Result<Array2<f32>> {
    let Config { noise, cool, .. } = gan.config();
    let steps = cool.unwrap_or(0) as f64;
    lab.result(&format!("{name}_seconds"), seconds, Within::Timing)?;
    lab.result(&format!("{name}_steps"), steps, Within::Exactly)?;
    let z = noise.sample(judge.n, &mut lab.rng("judged"));
    let x = unit(gan.mean().output(&z)); // [N, 784]
    let verdict = judge.judge(&x)?;
    record(lab, name, verdict)?;
    let floor = judge.judge(&judge.held_out())?.frechet;
    let named = |what| format!("{name}_frechet_{what}");
    lab.result(&named("floor"), floor, Within::Factor(1.2))?;
    let over = verdict.frechet / floor;
    lab.result(&named("over_floor"), over, Within::Factor(1.6))?;
    Ok(x)
}

/// Adds images of pixels from 0 to 1, one a row.
pub fn push_rows(grid: &mut ImageGrid, x: &Array2<f32>) {
    for row in x.rows() {
        let image = row.to_shape((28, 28)).expect("784 pixels");
        grid.push(image.view(), 0.0, 1.0);
    }
}

/// The first of the images, sixteen a row.
pub fn samples(
    lab: &Lab,
    name: &str,
    x: &Array2<f32>,
    most: usize,
) -> anyhow::Result<()> {
    let mut grid = ImageGrid::new(16);
    push_rows(&mut grid, &x.slice(s![..x.nrows().min(most), ..]).to_owned());
    lab.image(name, &grid)
}
