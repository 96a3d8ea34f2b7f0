//! The chapter's recipe on the grid of 25.

use lab::{Claim, Cost, Experiment, Lab, Measurements};

use super::film::{self, SEEDS};
use crate::run::task::Task;

pub const EXPERIMENT: Experiment = Experiment {
    name: "grid",
    cost: Cost::Minutes,
    measure,
    figures: &[("grid", draw)],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = Task::grid(lab);
    film::measure(lab, &task)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    film::draw_film(of)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let every = |name| lab::over_seeds(name, SEEDS);
    vec![("all_25_in_every_run", Claim::all_above(every("grid_modes"), 24.5))]
}
