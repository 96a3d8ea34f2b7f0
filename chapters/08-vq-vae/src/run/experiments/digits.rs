//! The page's network: trained, judged, looked into, and made into a compressor.

use lab::{Claim, Cost, Experiment, History, Lab, Within};
use ndarray::Array2;

use super::growth::look;
use super::keras::numbers;
use super::{between, codes, file, growth, reach, rebuilt};
use crate::coding::Compressor;
use crate::model::VqVae;
use crate::run::setting::{Data, recipe, seams, tables};
use crate::training::{Config, Trained, in_room};

pub const EXPERIMENT: Experiment = Experiment {
    name: "digits",
    cost: Cost::Minutes,
    measure,
    figures: &[
        growth::FIGURES[0],
        growth::FIGURES[1],
        codes::FIGURES[0],
        codes::FIGURES[1],
    ],
    claims,
};

/// The page's network, trained in the lab's room; what 500 test digits say on the way.
pub fn learn<'a>(
    lab: &mut Lab,
    data: &'a Data,
    name: &str,
    config: Config,
) -> anyhow::Result<(Box<dyn Trained + 'a>, History)> {
    let training = data.training(config, lab.seed())?;
    let mut training = in_room(lab, training)?;
    let few = data.first(500);
    let milestones = (0..=16).map(|n: u64| n * n * config.steps / 256);
    let history =
        lab.train_and_observe(name, milestones, &mut training, |t| {
            look(data, &few, &t.model(), &t.quantizer())
                .unwrap_or_else(|_| vec![f32::NAN; 5])
        })?;
    Ok((training, history))
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let config = recipe(lab, &data);
    let (training, history) = learn(lab, &data, "digits", config)?;
    note_training(lab, config, &*training)?;
    let epoch = (data.train.len() / config.batch).max(1);
    note_last_epoch(lab, "page", &training.losses(), epoch)?;
    growth::measure(lab, &training.losses(), &history)?;
    let model = &training.model();
    let maps = model.encode(&data.test)?; // [N, S²]
    let y = model.decode(&maps)?; // [N, 784]
    note_errors(lab, &data, model, &y)?;
    rebuilt::measure(lab, &data, &y)?;
    let tables = tables(&data, model.codes(), |x| Ok(model.encode(x)?))?;
    codes::measure(lab, model, &data, (&maps, &tables))?;
    file::measure(lab, &Compressor::new(model.clone(), tables)?, &maps)?;
    reach::measure(lab, model, &maps)?;
    between::measure(lab, model, &data)
}

fn note_training(
    lab: &mut Lab,
    config: Config,
    training: &dyn Trained,
) -> anyhow::Result<()> {
    let (seconds, steps) = (lab.seconds("digits")?, config.steps as f64);
    lab.result("train_seconds", seconds, Within::Timing)?;
    lab.result("seconds_per_step", seconds / steps, Within::Timing)?;
    lab.result("steps", steps, Within::Exactly)?;
    lab.result("batch", config.batch as f64, Within::Exactly)?;
    let v = config.variance;
    lab.result("pixel_variance", v, Within::Absolute(1e-6))?;
    let beta = config.quantizer.beta;
    lab.result("beta", beta, Within::Exactly)?;
    lab.result("beta_times_variance", beta * v, Within::Absolute(1e-6))?;
    let revived = training.revived() as f64;
    lab.result("revived_codes", revived, Within::Factor(3.0))?;
    let model = training.model();
    lab.result("parameters", numbers(&model) as f64, Within::Exactly)?;
    lab.result("channels", config.sizes.channels as f64, Within::Exactly)?;
    lab.result("blocks", config.sizes.blocks as f64, Within::Exactly)?;
    let lambda = config.rate.map_or(0.0, |rate| rate.lambda);
    lab.result("lambda", lambda, Within::Exactly)
}

/// The mean over the batches of the last epoch, each before its step: what other programs print.
pub fn note_last_epoch(
    lab: &mut Lab,
    of: &str,
    losses: &[f32],
    batches: usize,
) -> anyhow::Result<()> {
    let last = &losses[losses.len().saturating_sub(batches)..];
    let sum: f64 = last.iter().map(|v| f64::from(*v)).sum();
    let name = format!("{of}_last_epoch_mse_over_variance");
    lab.result(&name, sum / last.len() as f64, Within::Factor(1.1))
}

fn note_errors(
    lab: &mut Lab,
    data: &Data,
    model: &VqVae<f32>,
    y: &Array2<f32>,
) -> anyhow::Result<()> {
    let x = &data.test;
    let error = data.unexplained(x, y);
    lab.result("test_mse_over_variance", error, Within::Factor(1.1))?;
    lab.result("test_images", x.nrows() as f64, Within::Exactly)?;
    lab.result("seen_images", data.seen as f64, Within::Exactly)?;
    let learnt = data.learnt(x.nrows());
    let again = data.unexplained(&learnt, &model.reconstruct(&learnt)?);
    lab.result("train_mse_over_variance", again, Within::Factor(1.1))?;
    let few = data.first(2000);
    let past = data.unexplained(&few, &model.draw(&model.latents(&few)?)?);
    lab.result("unquantised_mse_over_variance", past, Within::Factor(1.3))?;
    let seams = seams(x, y, model.sizes.patch);
    lab.result("seams", seams, Within::Factor(1.2))
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [test, train, past] = ["test", "train", "unquantised"]
        .map(|of| format!("{of}_mse_over_variance"));
    let mut claims = vec![
        (
            "it_has_learnt_no_digit_by_heart",
            Claim::equal(0.001, train, test.as_str(), past.as_str()),
        ),
        (
            "more_than_half_is_lost_by_the_choice",
            Claim::times(2.0, past.as_str(), test.as_str()),
        ),
        (
            "below_what_keras_prints",
            Claim::less("page_last_epoch_mse_over_variance", 0.0444),
        ),
        (
            "the_rooms_end_alike",
            Claim::equal(
                0.001,
                "vq-vae.digits-dfdx/plain_test_mse_over_variance",
                "vq-vae.digits-dfdx/dfdx_test_mse_over_variance",
                test.as_str(),
            ),
        ),
    ];
    claims.extend(growth::claims());
    claims.extend(rebuilt::claims());
    claims.extend(codes::claims());
    claims.extend(file::claims());
    claims.extend(reach::claims());
    claims
}
