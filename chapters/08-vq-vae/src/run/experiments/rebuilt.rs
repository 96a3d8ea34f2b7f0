//! Test digits and what comes back, the first and the worst: a part of the experiment `digits`.

use lab::{Claim, Lab, Within};
use ndarray::Array2;

use crate::plain::squared_error;
use crate::run::pictures::beside;
use crate::run::setting::Data;

/// `y` is what comes back of the test digits. `[N, 784]`
pub fn measure(
    lab: &mut Lab,
    data: &Data,
    y: &Array2<f32>,
) -> anyhow::Result<()> {
    let errors = squared_error(&data.test, y) / data.variance; // [N]
    let mut order: Vec<usize> = (0..errors.len()).collect();
    order.sort_by(|a, b| errors[*b].total_cmp(&errors[*a]));
    let at = |rank: usize| errors[order[rank.min(order.len() - 1)]];
    let (worst, middle) = (at(0), at(order.len() / 2));
    lab.result("worst_mse_over_variance", worst, Within::Factor(1.6))?;
    lab.result("median_mse_over_variance", middle, Within::Factor(1.2))?;
    let first: Vec<usize> = (0..order.len()).collect();
    lab.image("rebuilt", &beside(&first, (&data.test, y)))?;
    lab.image("worst", &beside(&order, (&data.test, y)))
}

pub fn claims() -> Vec<(&'static str, Claim)> {
    let (middle, worst) =
        ("median_mse_over_variance", "worst_mse_over_variance");
    vec![("an_average_hides_its_tail", Claim::times(3.0, middle, worst))]
}
