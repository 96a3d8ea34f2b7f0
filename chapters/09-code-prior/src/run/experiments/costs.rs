//! What each of the two systems takes to draw an image.

use gradients::plain::{Mlp, Parameters};
use lab::{Claim, Lab, Within};

use crate::run::generator::Generator;
use crate::run::learnt::Learnt;

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let tokeniser = &it.world.tokeniser;
    let all = it.world.tokeniser_seconds + it.seconds;
    lab.result("all_train_seconds", all, Within::Timing)?;
    let net = Generator::new(lab)?.net;
    let decoder = size(&tokeniser.decoder) + tokeniser.codebook.len();
    let decodes = 49 * weights(&tokeniser.decoder);
    let draws = it.prior.multiply_adds();
    for (name, count) in [
        ("gan_parameters", size(&net)),
        ("gan_multiply_adds", weights(&net)),
        ("decoder_parameters", decoder),
        ("encoder_parameters", size(&tokeniser.encoder)),
        ("tokeniser_parameters", size(&tokeniser.encoder) + decoder),
        ("all_parameters", it.prior.size() + decoder),
        ("decoder_multiply_adds", decodes),
        ("prior_multiply_adds", draws),
        ("all_multiply_adds", draws + decodes),
    ] {
        lab.result(name, count as f64, Within::Exactly)?;
    }
    Ok(())
}

fn weights(net: &Mlp<f32>) -> usize {
    net.layers.iter().map(|l| l.w.len()).sum()
}

fn size(net: &Mlp<f32>) -> usize {
    net.parameters().iter().map(|p| p.len()).sum()
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    vec![
        (
            "they_are_of_one_size",
            Claim::equal(
                5e4,
                "all_parameters",
                "gan_parameters",
                "parameters",
            ),
        ),
        (
            "the_gan_draws_with_a_fiftieth",
            Claim::times(45.0, "gan_multiply_adds", "all_multiply_adds"),
        ),
    ]
}
