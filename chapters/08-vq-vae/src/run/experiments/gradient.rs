//! A codebook that learns by gradient, at several step sizes.

use commitment_loss::quantizer::{Learning, Settings};
use lab::{Claim, Cost, Experiment, Lab};

use crate::run::setting::Data;
use crate::run::short::{SEEDS, short, try_out};
use crate::training::Config;

pub const EXPERIMENT: Experiment = Experiment {
    name: "gradient",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

/// Of the codebook's Adam.
const STEP_SIZES: [f64; 6] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let base = short(lab, &data);
    for lr in STEP_SIZES {
        let learning = Learning::gradient(lr);
        let quantizer = Settings { learning, ..base.quantizer };
        let config = Config { quantizer, ..base };
        try_out(lab, &data, &format!("way_gradient_{lr}"), config)?;
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let error = |way: &str| format!("way_{way}_mse_over_variance");
    let each = |way: &str| crate::run::short::every(&error(way));
    let less = |a: &str, b: &str| {
        Claim::less_over_seeds(&error(a), &error(b), SEEDS)
    };
    vec![
        (
            "a_small_step_is_left_behind",
            Claim::Times(1.5, each("base"), each("gradient_0.001")),
        ),
        ("ten_times_the_step_helps", less("gradient_0.01", "gradient_0.001")),
        ("thirty_times_helps_more", less("gradient_0.03", "gradient_0.01")),
        (
            "a_hundred_times_is_too_much",
            less("gradient_0.03", "gradient_0.1"),
        ),
        ("by_gradient_beats_averages", less("gradient_0.03", "base")),
        (
            "at_the_largest_most_codes_are_lost",
            Claim::all_below(
                lab::over_seeds("way_gradient_0.3_codes_used_share", SEEDS),
                0.5,
            ),
        ),
    ]
}
