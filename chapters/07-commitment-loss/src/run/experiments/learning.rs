//! A codebook that learns by gradient, at several step sizes, and one that learns by moving averages.

use lab::{Claim, Cost, Experiment, Lab};

use super::{less, undecided};
use crate::quantizer::Learning;
use crate::run::trial::{Case, Data, ema, try_out};

pub const EXPERIMENT: Experiment = Experiment {
    name: "learning",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

/// Step sizes of the codebook's Adam.
const STEPS: [f64; 4] = [0.0003, 0.001, 0.003, 0.01];

/// What the averages keep.
const KEPT: [f64; 3] = [0.9, 0.99, 0.999];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    for lr in STEPS {
        let case = Case::new(Learning::gradient(lr), 0.25);
        try_out(lab, &data, &format!("gradient_{lr}"), case)?;
    }
    for gamma in KEPT {
        let case = Case::new(ema(gamma, true), 0.25);
        try_out(lab, &data, &format!("ema_{gamma}"), case)?;
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [slow, gradient, fast] = ["0.0003", "0.001", "0.003"]
        .map(|lr| format!("gradient_{lr}_unexplained"));
    let [short, ema, long] = ["0.9", "0.99", "0.999"]
        .map(|gamma| format!("ema_{gamma}_unexplained"));
    vec![
        ("ema_and_gradient_not_told_apart", undecided(&ema, &gradient)),
        ("a_slow_gradient_is_late", less(&gradient, &slow)),
        ("three_times_the_step_not_told_apart", undecided(&gradient, &fast)),
        ("a_short_memory_not_told_apart", undecided(&short, &ema)),
        ("a_long_memory_not_told_apart", undecided(&ema, &long)),
    ]
}
