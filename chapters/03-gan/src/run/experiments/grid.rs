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
    vec![
        ("all_25_in_every_run", Claim::all_above(every("grid_modes"), 24.5)),
        (
            "the_grid_is_too_narrow",
            Claim::all_below(every("grid_width"), 0.85),
        ),
        (
            "the_grid_has_strays",
            Claim::all_above(every("grid_farthest"), 10.0),
        ),
        (
            "averaging_helps_on_the_grid",
            Claim::less_over_seeds(
                "grid_last_high_quality",
                "grid_high_quality",
                SEEDS,
            ),
        ),
    ]
}
