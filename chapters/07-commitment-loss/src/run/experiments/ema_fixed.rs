//! Moving averages of one batch, again and again, against the cluster means and against how the start fades.

use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::Array2;

use crate::plain::{Ema, after_fixed_steps};
use crate::run::trial::{Chosen, Data};

pub const EXPERIMENT: Experiment = Experiment {
    name: "ema-fixed",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

const GAMMA: f64 = 0.99;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let Chosen { z_e, indices, means, start } =
        &Chosen::new(lab, &Data::load(lab)?)?;
    let far = |a: &Array2<f64>, b: &Array2<f64>| {
        (a - b).fold(0.0_f64, |m, v| m.max(v.abs()))
    };
    let mut debiased = Ema::new(start.clone(), GAMMA, true)?;
    let first = Ema::new(start.clone(), GAMMA, false)?;
    let mut plain = first.clone();
    let (mut from_means, mut from_formula) = (0.0_f64, 0.0_f64);
    for t in 1..=50 {
        debiased.update(z_e, indices);
        plain.update(z_e, indices);
        from_means = from_means.max(far(debiased.codebook(), means));
        let expected = after_fixed_steps(&first, z_e, indices, t);
        from_formula = from_formula.max(far(plain.codebook(), &expected));
    }
    let (limit, left) = (Within::Limit(1e-10), far(plain.codebook(), means));
    lab.result("ema_vs_means_max_abs_err", from_means, limit)?;
    lab.result("ema_vs_formula_max_abs_err", from_formula, limit)?;
    lab.result("ema_one_left_after_50", left, Within::Relative(0.01))
}

fn claims() -> Vec<(&'static str, Claim)> {
    let left = "ema_one_left_after_50";
    let near = |error: &str| Claim::equal(1e-12, error, 0.0, left);
    vec![
        ("debiased_averages_are_the_means", near("ema_vs_means_max_abs_err")),
        (
            "the_start_fades_by_the_formula",
            near("ema_vs_formula_max_abs_err"),
        ),
    ]
}
