//! What each ingredient of the recipe is worth: one left out at a time.

use commitment_loss::quantizer::{Revival, Settings};
use lab::{Claim, Cost, Experiment, Lab, Within};

use super::patches;
use crate::run::setting::{Data, recipe};
use crate::run::short::{SEEDS, beside, try_out_and_code};
use crate::training::{Config, Sizes};

pub const EXPERIMENT: Experiment = Experiment {
    name: "ingredients",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let base = recipe(lab, &data).over(lab.by_scale(8, 3000, 5000));
    lab.result("ingredients_steps", base.steps as f64, Within::Exactly)?;
    let lists = patches::curves(lab, &data, 2048)?;
    let sizes = |sizes| Config { sizes, ..base };
    let Sizes { channels, .. } = base.sizes;
    let quantizer = |quantizer| Config { quantizer, ..base };
    let revival = Some(Revival { threshold: 0.1 });
    for (name, config) in [
        ("all", base),
        ("free", base.at_price(0.0)),
        (
            "shallow",
            sizes(Sizes {
                blocks: 1,
                channels: channels + 3 * channels / 4,
                ..base.sizes
            }),
        ),
        (
            "few_codes",
            sizes(Sizes { codes: base.sizes.codes / 4, ..base.sizes }),
        ),
        ("beta", quantizer(Settings { beta: 0.25, ..base.quantizer })),
        ("revival", quantizer(Settings { revival, ..base.quantizer })),
    ] {
        let name = format!("with_{name}");
        let found = try_out_and_code(lab, &data, &name, config)?;
        if config.rate.is_some() {
            let name = format!("{name}_of_patches");
            beside(lab, &found.points(), &lists, &name)?;
        }
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str, what: &str| {
        let [a, b] = [a, b].map(|of| format!("with_{of}_{what}"));
        Claim::less_over_seeds(&a, &b, SEEDS)
    };
    vec![
        ("a_price_saves_bits", less("all", "free", "bits")),
        ("depth_leaves_less", less("all", "shallow", "mse_over_variance")),
    ]
}
