//! The gradient that needs losses alone, in more and more dimensions.

use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::{Array1, Array2, Axis as Dim};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::{StandardNormal, Uniform};

use super::{average, line};
use crate::plain::{score_gradient, smoothed_loss_backward};

pub const EXPERIMENT: Experiment = Experiment {
    name: "score",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

const DIMENSIONS: [usize; 4] = [1, 4, 16, 64];
const SEEDS: usize = 5;
/// The noise's width in cells, and what every component of a code aims at.
const NOISE: f64 = 0.5;
const AIM: f64 = 0.3;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let draws = lab.by_scale(200, 2_000, 20_000);
    for dimensions in DIMENSIONS {
        let errors =
            (1..=SEEDS).map(|seed| error(lab, dimensions, draws, seed));
        let errors = errors.collect::<anyhow::Result<Vec<_>>>()?;
        let name = format!("score_error_in_{dimensions}");
        lab.over_seeds(&name, &errors, Within::Factor(1.5))?;
    }
    lab.result("score_draws", draws as f64, Within::Exactly)
}

/// How far an estimate from so many losses is from the gradient, relative to the gradient's length. Codes are all points
/// with whole coordinates; the loss, half the squared distance from an aim, is a sum over dimensions, so that the true
/// gradient can be computed one dimension at a time.
fn error(
    lab: &Lab,
    dimensions: usize,
    draws: usize,
    seed: usize,
) -> anyhow::Result<f64> {
    let rng = &mut lab.rng(&format!("score-{dimensions}-{seed}"));
    let loss = |q: f64| 0.5 * (q - AIM).powi(2);
    let places = line(-5.5, 5.5, 4_400); // [4400, 1]
    let losses = places.column(0).mapv(|v| loss(v.round())); // [4400]
    let (mut misses, mut sizes) = (vec![], vec![]);
    for _ in 0..20 {
        let cell = Uniform::new(-0.5, 0.5)?;
        let z = Array1::<f64>::random_using(dimensions, cell, rng); // [C]
        let column = z.clone().insert_axis(Dim(1)); // [C, 1]
        let exact = smoothed_loss_backward(&column, NOISE, &places, &losses)?; // [C, 1]
        let noise: Array2<f64> =
            Array2::random_using((draws, dimensions), StandardNormal, rng); // [M, C]
        let codes = (&noise * NOISE + &z).mapv(f64::round); // [M, C]
        let losses = codes.mapv(loss).sum_axis(Dim(1)); // [M]
        let estimate = score_gradient(&losses, &noise, NOISE); // [C]
        let miss = &estimate - &exact.column(0); // [C]
        misses.push(miss.dot(&miss));
        sizes.push(exact.iter().map(|v| v * v).sum());
    }
    Ok((average(misses) / average(sizes)).sqrt())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [one, .., many] = DIMENSIONS.map(|n| format!("score_error_in_{n}"));
    let [one, many] = [one, many].map(|name| lab::over_seeds(&name, SEEDS));
    let terms =
        |names: Vec<String>| names.into_iter().map(Into::into).collect();
    vec![
        (
            "losses_alone_are_noisy_in_many_dimensions",
            Claim::Times(20.0, terms(one), terms(many)),
        ),
        (
            "more_dimensions_more_noise",
            Claim::rises(DIMENSIONS.map(|n| format!("score_error_in_{n}"))),
        ),
    ]
}
