//! β, where the codebook starts, and revival: one choice changed at a time.

use commitment_loss::quantizer::Settings;
use lab::{Claim, Cost, Experiment, Lab, Within};

use crate::run::setting::Data;
use crate::run::short::{SEEDS, short, try_out, try_out_and_code};
use crate::training::{Config, Start};

pub const EXPERIMENT: Experiment = Experiment {
    name: "choices",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

const BETAS: [f64; 5] = [0.0, 0.05, 1.0, 4.0, 16.0];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let base = short(lab, &data);
    lab.result("short_steps", base.steps as f64, Within::Exactly)?;
    let channels = base.sizes.channels as f64;
    lab.result("short_channels", channels, Within::Exactly)?;
    try_out(lab, &data, "way_base", base)?;
    for beta in BETAS {
        let quantizer = Settings { beta, ..base.quantizer };
        let name = format!("way_beta_{beta}");
        let config = Config { quantizer, ..base };
        match beta {
            4.0 => try_out_and_code(lab, &data, &name, config)?,
            _ => try_out(lab, &data, &name, config)?,
        }
        let name = format!("beta_{beta}_times_variance");
        lab.result(&name, beta * data.variance, Within::Absolute(1e-6))?;
    }
    let quantizer = Settings { revival: None, ..base.quantizer };
    let not_revived = Config { quantizer, ..base };
    let start = Start::Uniform;
    let low = Config { start, ..base };
    let neither = Config { start, ..not_revived };
    try_out(lab, &data, "way_uniform", low)?;
    try_out_and_code(lab, &data, "way_no_revival", not_revived)?;
    try_out(lab, &data, "way_uniform_no_revival", neither)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let error = |way: &str| format!("way_{way}_mse_over_variance");
    let less = |a: &str, b: &str| {
        Claim::less_over_seeds(&error(a), &error(b), SEEDS)
    };
    let alike =
        |a: &str, b: &str| Claim::undecided(&error(a), &error(b), SEEDS);
    vec![
        ("no_commitment_costs_most", less("base", "beta_0")),
        ("less_commitment_costs_error", less("base", "beta_0.05")),
        ("beta_1_is_better", less("beta_1", "base")),
        ("beta_4_is_better", less("beta_4", "base")),
        ("beta_16_is_better", less("beta_16", "base")),
        ("beta_4_and_16", less("beta_4", "beta_16")),
        ("beta_4_and_1", less("beta_4", "beta_1")),
        ("no_revival_not_told_apart", alike("base", "no_revival")),
        ("a_low_start_not_told_apart", alike("base", "uniform")),
        ("neither", less("base", "uniform_no_revival")),
    ]
}
