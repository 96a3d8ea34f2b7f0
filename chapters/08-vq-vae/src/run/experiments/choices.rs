//! β, where the codebook starts, and revival: one choice changed at a time.

use commitment_loss::quantizer::Settings;
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
        try_out(lab, &data, &name, Config { quantizer, ..base })?;
        let name = format!("beta_{beta}_times_variance");
        lab.result(&name, beta * data.variance, Within::Absolute(1e-6))?;
    }
    let quantizer = Settings { revival: None, ..base.quantizer };
    let not_revived = Config { quantizer, ..base };
    let start = Start::Uniform;
    let low = Config { start, ..base };
    let neither = Config { start, ..not_revived };
    try_out(lab, &data, "way_uniform", low)?;
    try_out(lab, &data, "way_no_revival", not_revived)?;
    try_out(lab, &data, "way_uniform_no_revival", neither)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let _ = SEEDS;
    vec![]
}
