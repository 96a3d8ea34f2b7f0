//! A network as large as Keras's example, judged as that example judges itself.

use gradients::plain::Parameters;
use lab::{Claim, Cost, Experiment, Lab, Within};

use super::digits::note_last_epoch;
use crate::model::VqVae;
use crate::run::setting::{Data, recipe};
use crate::training::{Config, Sizes, in_room};

pub const EXPERIMENT: Experiment = Experiment {
    name: "keras",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

/// Its sizes: 128 codes of width 16, nothing to pay for them, and as many channels as make about as many numbers.
const SIZES: Sizes =
    Sizes { codes: 128, width: 16, channels: 49, patch: 4, blocks: 1 };

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let channels = lab.by_scale(8, SIZES.channels, SIZES.channels);
    let codes = lab.by_scale(16, SIZES.codes, SIZES.codes);
    let sizes = Sizes { channels, codes, ..SIZES };
    let config = Config { sizes, ..recipe(lab, &data).at_price(0.0) };
    let mut run = in_room(lab, data.training(config, lab.seed())?)?;
    lab.train("keras", config.steps, &mut run)?;
    let all = numbers(&run.model()) as f64;
    lab.result("small_parameters", all, Within::Exactly)?;
    let epoch = (data.train.len() / config.batch).max(1);
    note_last_epoch(lab, "small", &run.losses(), epoch)?;
    let y = run.model().reconstruct(&data.test)?; // [N, 784]
    let error = data.unexplained(&data.test, &y);
    let name = "small_test_mse_over_variance";
    lab.result(name, error, Within::Factor(1.1))
}

/// How many numbers a network has learnt.
pub fn numbers(model: &VqVae<f32>) -> usize {
    let of = |net: &gradients::plain::Mlp<f32>| {
        net.parameters().iter().map(|p| p.len()).sum::<usize>()
    };
    of(&model.encoder) + of(&model.decoder) + model.codebook.len()
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![
        ("as_small_as_keras", Claim::less("small_parameters", 49_937.0)),
        (
            "as_small_it_is_below_keras",
            Claim::less("small_last_epoch_mse_over_variance", 0.0444),
        ),
    ]
}
