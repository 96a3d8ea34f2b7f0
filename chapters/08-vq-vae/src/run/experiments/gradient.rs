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
const STEP_SIZES: [f64; 5] = [0.001, 0.003, 0.01, 0.03, 0.1];

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
    let less = |a: &str, b: &str| {
        Claim::less_over_seeds(&error(a), &error(b), SEEDS)
    };
    vec![
        ("averages_beat_the_usual_step", less("base", "gradient_0.001")),
        ("averages_beat_the_best_step", less("base", "gradient_0.01")),
        ("a_larger_step_helps", less("gradient_0.01", "gradient_0.001")),
    ]
}
