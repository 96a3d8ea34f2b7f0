//! The page's recipe over fewer steps in either room, from equal starts, to the end.

use lab::{Claim, Cost, Experiment, Lab, Room, Within};
use ndarray::Array2;

use super::digits::learn;
use crate::run::pictures::beside;
use crate::run::setting::{Data, in_use, recipe};
use crate::training::Config;

pub const EXPERIMENT: Experiment = Experiment {
    name: "digits-dfdx",
    cost: Cost::Asked,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let config = recipe(lab, &data).over(lab.by_scale(80, 2000, 44_000));
    lab.result("dfdx_steps", config.steps as f64, Within::Exactly)?;
    lab.enter(lab.by_scale(Room::Plain, Room::Plain, Room::Dfdx));
    one(lab, &data, "plain", config)?;
    lab.enter(Room::Dfdx);
    let y = one(lab, &data, "dfdx", config)?; // [N, 784]
    let first: Vec<usize> = (0..data.test.nrows()).collect();
    lab.image("reconstructions-dfdx", &beside(&first, (&data.test, &y)))
}

/// What comes back of the test digits. `[N, 784]`
fn one(
    lab: &mut Lab,
    data: &Data,
    room: &str,
    config: Config,
) -> anyhow::Result<Array2<f32>> {
    let run = format!("digits-{room}");
    let (training, _) = learn(lab, data, &run, config)?;
    let seconds = lab.seconds(&run)?;
    lab.result(&format!("{room}_seconds"), seconds, Within::Timing)?;
    let model = training.model();
    let codes = model.encode(&data.test)?; // [N, S²]
    let y = model.decode(&codes)?; // [N, 784]
    let error = data.unexplained(&data.test, &y);
    let name = format!("{room}_test_mse_over_variance");
    lab.result(&name, error, Within::Factor(1.1))?;
    let (_, used) = in_use(&codes, model.codes());
    let name = format!("{room}_used_share");
    lab.result(&name, used, Within::Absolute(0.05))?;
    Ok(y)
}

/// Those of its numbers are among the chapter's: `digits`.
fn claims() -> Vec<(&'static str, Claim)> {
    vec![]
}
