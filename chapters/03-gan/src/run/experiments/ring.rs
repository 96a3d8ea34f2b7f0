//! A small pair on a ring of eight modes, with chapter 1's losses and nothing else.

use lab::{Claim, Cost, Experiment, Lab, Measurements, Within};

use super::film;
use crate::run::task::{Pairs, Task, WIDTH, bare, lasts, record};
use crate::training::Players;

pub const EXPERIMENT: Experiment = Experiment {
    name: "ring",
    cost: Cost::Minutes,
    measure,
    figures: &[("ring", draw)],
    claims,
};

pub const SEEDS: usize = 5;
/// The frame that the end is compared with.
const EARLY: usize = 3;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = &Task::wide_ring()?;
    let frames: [u64; 6] = lab.by_scale(
        [0, 5, 10, 20, 40, 60],
        [0, 100, 500, 1000, 3000, 6000],
        [0, 100, 500, 1000, 5000, 20_000],
    );
    let pairs = Pairs { task, config: bare(), width: WIDTH, seeds: SEEDS };
    let see = |gan: &dyn Players| film::frame(task, gan);
    let runs = pairs.train(lab, "ring", &frames, see)?;
    record(lab, "ring", &lasts(&runs))?;
    for (back, what) in [(2, "modes"), (1, "high_quality")] {
        let early = runs.iter().map(|run| {
            let seen = &run.seen[EARLY].1;
            f64::from(seen[seen.len() - back])
        });
        let early: Vec<f64> = early.collect();
        let within = Within::Absolute(if back == 2 { 0.5 } else { 0.05 });
        lab.over_seeds(&format!("ring_early_{what}"), &early, within)?;
    }
    for (name, number) in [
        ("ring_early", frames[EARLY]),
        ("ring_steps", frames[5]),
        ("ring_seeds", SEEDS as u64),
    ] {
        lab.result(name, number as f64, Within::Exactly)?;
    }
    film::note(lab, &runs[0])
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    film::draw(of)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let every = |name| lab::over_seeds(name, SEEDS);
    vec![
        ("all_8_in_every_run", Claim::all_above(every("ring_modes"), 7.5)),
        (
            "sharpness_comes_later",
            Claim::less_over_seeds(
                "ring_early_high_quality",
                "ring_high_quality",
                SEEDS,
            ),
        ),
    ]
}
