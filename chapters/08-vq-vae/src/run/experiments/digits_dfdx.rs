//! The page's network on dfdx, to the end.

use lab::{Cost, Experiment, Lab, Room, Within};

use super::digits::learn;
use crate::run::pictures::beside;
use crate::run::setting::{Data, in_use, recipe};

pub const EXPERIMENT: Experiment = Experiment {
    name: "digits-dfdx",
    cost: Cost::Asked,
    measure,
    figures: &[],
    claims: Vec::new,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    lab.enter(Room::Dfdx);
    let data = Data::load(lab)?;
    let config = recipe(lab, &data);
    let (training, _) = learn(lab, &data, "digits-dfdx", config)?;
    let seconds = lab.seconds("digits-dfdx")?;
    lab.result("dfdx_seconds", seconds, Within::Timing)?;
    lab.result("dfdx_steps", config.steps as f64, Within::Exactly)?;
    let model = training.model();
    let codes = model.encode(&data.test)?; // [N, S²]
    let y = model.decode(&codes)?; // [N, 784]
    let error = data.unexplained(&data.test, &y);
    let name = "dfdx_test_mse_over_variance";
    lab.result(name, error, Within::Factor(1.1))?;
    let (_, used) = in_use(&codes, model.codes());
    lab.result("dfdx_used_share", used, Within::Absolute(0.05))?;
    let first: Vec<usize> = (0..data.test.nrows()).collect();
    lab.image("reconstructions-dfdx", &beside(&first, (&data.test, &y)))
}
