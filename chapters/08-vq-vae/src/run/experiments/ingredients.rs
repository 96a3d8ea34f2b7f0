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
    let name = |of: &str, what: &str| format!("with_{of}_{what}");
    let less = |a: &str, b: &str, what: &str| {
        Claim::less_over_seeds(&name(a, what), &name(b, what), SEEDS)
    };
    let each = |name: String| crate::run::short::every(&name);
    let (error, bits) = ("mse_over_variance", "bits");
    vec![
        (
            "a_price_saves_many_bits",
            Claim::Times(
                1.8,
                each(name("all", bits)),
                each(name("free", bits)),
            ),
        ),
        (
            "without_it_a_little_less_is_lost_than_by_a_long_list",
            Claim::less_over_seeds(
                &name("free", error),
                "patches_4096_mse_over_variance",
                SEEDS,
            ),
        ),
        (
            "for_almost_half_as_many_bits_again",
            Claim::Times(
                1.4,
                each("patches_4096_bits".into()),
                each(name("free", bits)),
            ),
        ),
        ("prices_empty_codes", less("all", "free", "codes_used_share")),
        ("one_wide_block_leaves_more", less("all", "shallow", error)),
        ("in_fewer_bits", less("shallow", "all", bits)),
        ("fewer_codes_leave_more", less("all", "few_codes", error)),
        ("and_take_fewer_bits", less("few_codes", "all", bits)),
        ("a_smaller_beta_leaves_more", less("all", "beta", error)),
        ("and_takes_fewer_bits", less("beta", "all", bits)),
        ("revival_leaves_less", less("revival", "all", error)),
        ("for_more_bits", less("all", "revival", bits)),
        (
            "beside_the_list_one_wide_block_is_ahead",
            less("shallow", "all", "of_patches"),
        ),
    ]
}
