//! A codebook that learns by gradient, at several step sizes.

use commitment_loss::quantizer::{Learning, Settings};
use lab::{Claim, Cost, Experiment, Lab};

use crate::run::setting::Data;
use crate::run::short::{short, try_out};
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
    vec![]
}
