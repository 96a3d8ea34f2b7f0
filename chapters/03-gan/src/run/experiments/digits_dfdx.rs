//! The digits' recipe, whole, on dfdx.

use judge::Judge;
use lab::{Cost, Experiment, Lab, Room};

use crate::run::drawn::{measured, samples, trained};

pub const EXPERIMENT: Experiment = Experiment {
    name: "digits-dfdx",
    cost: Cost::Asked,
    measure,
    figures: &[],
    claims: Vec::new,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    lab.enter(Room::Dfdx);
    let judge = Judge::new(lab)?;
    let (gan, _) = trained(lab, &judge, "digits-dfdx")?;
    let gan = (&*gan, lab.seconds("digits-dfdx")?);
    let x = measured(lab, &judge, "dfdx_digits", gan)?; // [N, 784]
    samples(lab, "samples-dfdx", &x, 128)
}
