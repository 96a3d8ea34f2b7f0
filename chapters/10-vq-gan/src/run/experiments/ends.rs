//! Patches that each place draws for itself, and windows that overlap.

use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::{Array2, Axis};

use crate::model::Ends;
use crate::plain::{Form, sharpness};
use crate::run::pictures::below;
use crate::run::setting::{Data, SEEDS, over_seeds, recipe};
use crate::training::{Config, Sizes};

pub const EXPERIMENT: Experiment = Experiment {
    name: "ends",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let base = recipe(lab, &data).over(lab.by_scale(6, 1200, 3000));
    lab.result("ends_steps", base.steps as f64, Within::Exactly)?;
    let mut shown = vec![pick(&data.test)];
    for (name, ends) in
        [("patches", Ends::Patches), ("windows", Ends::Windows)]
    {
        let mut found: [Vec<f64>; 3] = Default::default();
        for n in 0..SEEDS {
            let seed = lab.seed().wrapping_add(n as u64);
            let sizes = Sizes { ends, ..base.sizes };
            let config = Config { sizes, ..base };
            let mut run = data.training(lab, config, None, seed)?;
            let of = format!("ends-{name}-{}", n + 1);
            lab.train(&of, base.steps, &mut run)?;
            let x = &data.test;
            let y = run.model().reconstruct(x)?;
            let patch = base.sizes.patch;
            let numbers = [
                data.unexplained(x, &y),
                sharpness(x, &y, data.form()),
                seams(x, &y, data.form(), patch),
            ];
            found.iter_mut().zip(numbers).for_each(|(all, v)| all.push(v));
            if n == 0 {
                shown.push(pick(&y));
            }
        }
        for (what, all) in ["error", "sharpness", "seams"].iter().zip(&found)
        {
            let name = format!("ends_{name}_{what}");
            over_seeds(lab, &name, all, Within::Factor(1.15))?;
        }
    }
    let shown: Vec<&Array2<f32>> = shown.iter().collect();
    lab.image("ends", &below(&shown, data.form()))
}

/// Every so many of them, eight at most.
fn pick(x: &Array2<f32>) -> Array2<f32> {
    let step = (x.nrows() / 8).max(1);
    let rows: Vec<usize> = (0..x.nrows()).step_by(step).take(8).collect();
    x.select(Axis(0), &rows)
}

/// Chapter 8's seams: what remains of a difference between neighbouring pixels across the border of two patches, over the same
/// inside a patch; 1 where no seam can be seen.
fn seams(x: &Array2<f32>, y: &Array2<f32>, form: Form, patch: usize) -> f64 {
    let lost = y - x; // [N, H·W·C]
    let Form { side, channels } = form;
    let line = side * channels;
    let mut sums = [(0.0, 0.0); 2];
    for row in lost.rows() {
        for (n, v) in row.iter().enumerate() {
            let (y, x) = (n / line, n % line / channels);
            for (at, step) in [(x, channels), (y, line)] {
                if at + 1 < side {
                    let inside = usize::from(!(at + 1).is_multiple_of(patch));
                    let sum = &mut sums[inside];
                    sum.0 += f64::from(row[n + step] - v).powi(2);
                    sum.1 += 1.0;
                }
            }
        }
    }
    // A picture that lost nothing has no seam.
    let mean = |(sum, n): (f64, f64)| sum / n + 1e-12;
    mean(sums[0]) / mean(sums[1])
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![
        ("patches_show_no_seam", Claim::less("ends_patches_seams", 1.0)),
        ("nor_do_windows", Claim::less("ends_windows_seams", 1.0)),
    ]
}
