//! How strongly the logits at each place depend on the row at each place.

use lab::{Claim, Cost, Experiment, ImageGrid, Lab, Within};
use ndarray::{Array2, Axis as Dim};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use crate::model::{Pass, Prior, Sizes};

pub const EXPERIMENT: Experiment = Experiment {
    name: "mask",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let sizes = Sizes {
        codes: 12,
        places: 49,
        width: 16,
        heads: 2,
        blocks: 2,
        classes: 0,
    };
    let mut rng = lab.rng("mask");
    let prior = Prior::<f64>::new(sizes, &mut rng)?;
    let shape = (sizes.places, sizes.width);
    let x = Array2::random_using(shape, StandardNormal, &mut rng); // [T, W]
    let pass = prior.forward_rows(x);
    let (mut future, mut past) = (0.0_f64, f64::INFINITY);
    let mut strength = Array2::<f32>::zeros((49, 49)); // [T, T]
    for i in 0..sizes.places {
        let largest = on_each_row(&prior, &pass, i);
        for (j, size) in largest.into_iter().enumerate() {
            match j > i {
                true => future = future.max(size),
                false => past = past.min(size),
            }
            strength[[i, j]] = shade(size);
        }
    }
    lab.result("jacobian_future_max_abs", future, Within::Exactly)?;
    lab.result("jacobian_past_min", past, Within::Factor(1.5))?;
    let mut grid = ImageGrid::new(1).zoom(8);
    grid.push(strength.view(), 0.0, 1.0);
    lab.image("mask", &grid)
}

/// The largest derivative of any logit at place `i` by any number of each row. `[T]`
fn on_each_row(prior: &Prior<f64>, pass: &Pass<f64>, i: usize) -> Vec<f64> {
    let (places, codes) = pass.logits.dim();
    let mut largest = vec![0.0_f64; places];
    for k in 0..codes {
        let mut d_logits = Array2::zeros((places, codes)); // [T, K]
        d_logits[[i, k]] = 1.0;
        let (d_x, _) = prior.backward_rows(pass, &d_logits); // [T, W]
        for (j, row) in d_x.axis_iter(Dim(0)).enumerate() {
            let here = row.fold(0.0_f64, |m, v| m.max(v.abs()));
            largest[j] = largest[j].max(here);
        }
    }
    largest
}

/// On a logarithmic scale; black is exactly 0.
fn shade(size: f64) -> f32 {
    match size > 0.0 {
        true => (1.0 + 0.25 * size.log10() as f32).clamp(0.15, 1.0),
        false => 0.0,
    }
}

fn claims() -> Vec<(&'static str, Claim)> {
    let future = "jacobian_future_max_abs";
    vec![
        (
            "the_future_counts_for_nothing",
            Claim::equal(0.0, future, 0.0, "jacobian_past_min"),
        ),
        ("all_of_the_past_counts", Claim::less(1e-3, "jacobian_past_min")),
    ]
}
