//! The factor that a sum over components hides.

use lab::{Claim, Cost, Experiment, Lab};

use super::alike;
use crate::plain::Reduction;
use crate::run::trial::{Case, Data, EMA, try_out};
use crate::training::WIDTH;

pub const EXPERIMENT: Experiment = Experiment {
    name: "reduction",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let summed = |beta| {
        let mut case = Case::new(EMA, beta);
        case.settings.reduction = Reduction::SumOverComponents;
        case
    };
    for (name, case) in [
        ("mean", Case::new(EMA, 0.25)),
        ("summed", summed(0.25)),
        ("summed_cured", summed(0.25 / WIDTH as f64)),
        ("mean_of_four_times", Case::new(EMA, 0.25 * WIDTH as f64)),
    ] {
        try_out(lab, &data, name, case)?;
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [mean, summed, cured, four_times] =
        ["mean", "summed", "summed_cured", "mean_of_four_times"]
            .map(|name| format!("{name}_distance"));
    vec![
        ("a_sum_is_c_times_as_much", alike(0.0, &summed, &four_times, &mean)),
        ("a_cth_of_beta_undoes_it", alike(0.0, &cured, &mean, &summed)),
    ]
}
