//! β, where the codebook starts, and revival: one choice changed at a time.

use commitment_loss::quantizer::{Revival, Settings};
use lab::{Claim, Cost, Experiment, Lab, Within};

use crate::run::setting::Data;
use crate::run::short::{SEEDS, short, try_out};
use crate::training::{Config, Start};

pub const EXPERIMENT: Experiment = Experiment {
    name: "choices",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

const BETAS: [f64; 5] = [0.0, 0.05, 0.25, 4.0, 16.0];

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
        try_out(lab, &data, &name, Config { quantizer, ..base })?;
        let name = format!("beta_{beta}_times_variance");
        lab.result(&name, beta * data.variance, Within::Absolute(1e-6))?;
    }
    let revival = Some(Revival { threshold: 0.1 });
    let quantizer = Settings { revival, ..base.quantizer };
    let revived = Config { quantizer, ..base };
    let start = Start::Uniform;
    try_out(lab, &data, "way_uniform", Config { start, ..base })?;
    try_out(lab, &data, "way_revival", revived)?;
    let both = Config { start, ..revived };
    try_out(lab, &data, "way_uniform_revival", both)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |what: &str| {
        let name = move |way: &str, what: &str| format!("way_{way}_{what}");
        let what = what.to_owned();
        move |a: &str, b: &str| {
            Claim::less_over_seeds(&name(a, &what), &name(b, &what), SEEDS)
        }
    };
    let (error, even) = (less("mse_over_variance"), less("perplexity"));
    let alike = |a: &str, b: &str| {
        let [a, b] = [a, b].map(|w| format!("way_{w}_mse_over_variance"));
        Claim::undecided(&a, &b, SEEDS)
    };
    vec![
        ("no_commitment_costs_most", error("beta_0.05", "beta_0")),
        ("less_commitment_costs_error", error("beta_0.25", "beta_0.05")),
        ("beta_1_is_better", error("base", "beta_0.25")),
        ("beta_4_is_better_still", error("beta_4", "base")),
        ("beta_16_is_too_much", error("beta_4", "beta_16")),
        (
            "codes_are_lost_as_well",
            Claim::less_over_seeds(
                "way_beta_16_codes_used_share",
                "way_beta_4_codes_used_share",
                SEEDS,
            ),
        ),
        ("revival_costs_error", error("base", "revival")),
        ("without_revival_fewer_codes_do_the_work", even("base", "revival")),
        (
            "no_code_needed_it",
            Claim::all_above(
                lab::over_seeds("way_base_codes_used_share", SEEDS),
                0.995,
            ),
        ),
        (
            "revival_costs_a_low_start_too",
            error("uniform", "uniform_revival"),
        ),
        ("a_low_start_is_forgiven", alike("base", "uniform")),
    ]
}
