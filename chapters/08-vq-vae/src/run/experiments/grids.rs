//! Grids of other sizes: fewer codes an image, and more.

use lab::{Claim, Cost, Experiment, Lab};

use crate::run::setting::Data;
use crate::run::short::{every, short, try_out_and_code};
use crate::training::{Config, Sizes};

pub const EXPERIMENT: Experiment = Experiment {
    name: "grids",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let base = short(lab, &data);
    let steps = base.steps;
    for (patch, steps) in [(14, steps), (7, steps), (2, steps / 3)] {
        let sizes = Sizes { patch, ..base.sizes };
        let config = Config { sizes, steps, ..base };
        let name = format!("grid_{}", sizes.side());
        try_out_and_code(lab, &data, &name, config)?;
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let all = |side: usize| every(&format!("grid_{side}_mse_over_variance"));
    let seven = || every("codes_128_mse_over_variance");
    let finer = [all(14), seven(), all(4)].concat();
    let coarser = [seven(), all(4), all(2)].concat();
    vec![("finer_grids_less_error", Claim::Less(finer, coarser))]
}
