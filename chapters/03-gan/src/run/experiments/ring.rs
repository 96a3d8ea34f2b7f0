//! The chapter's recipe on the ring of 8.

use lab::{Claim, Cost, Experiment, Lab, Measurements, Within};

use super::film::{self, SEEDS};
use crate::run::task::Task;

pub const EXPERIMENT: Experiment = Experiment {
    name: "ring",
    cost: Cost::Minutes,
    measure,
    figures: &[("ring", draw)],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = Task::ring(lab)?;
    let noise = task.config().noise;
    let pieces = 2.0_f64.powi(noise.signs as i32);
    for (name, number) in [
        ("ring_signs", noise.signs as f64),
        ("ring_normals", noise.normals as f64),
        ("ring_pieces", pieces),
        // Of a normal distribution in the plane, beyond three standard deviations.
        ("ring_data_beyond", (-4.5_f64).exp()),
    ] {
        lab.result(name, number, Within::Absolute(1e-12))?;
    }
    film::measure(lab, &task)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    film::draw_film(of)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let every = |name| lab::over_seeds(name, SEEDS);
    let far = every("ring_farthest");
    let good = every("ring_high_quality");
    vec![
        ("all_8_in_every_run", Claim::all_above(every("ring_modes"), 7.5)),
        ("the_first_has_strays", Claim::less(20.0, "ring_farthest@1")),
        ("the_others_stay_near", Claim::all_below(far[1..].to_vec(), 3.0)),
        (
            "the_modes_are_too_narrow",
            Claim::all_below(every("ring_width"), 0.7),
        ),
        (
            "at_rest_it_is_not_told",
            Claim::undecided(
                "ring_last_high_quality",
                "ring_high_quality",
                SEEDS,
            ),
        ),
        ("the_recipe_is_sharp", Claim::all_above(good, 0.85)),
    ]
}
