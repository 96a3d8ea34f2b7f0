//! A collapse that one can see: the same pair, its generator ten times as fast.

use gradients::plain::AdamConfig;
use lab::{Claim, Cost, Experiment, Lab, Measurements, Within};

use super::film;
use crate::run::task::{Pairs, Run, Task, WIDTH, bare, lasts, record};
use crate::training::{Config, Players};

pub const EXPERIMENT: Experiment = Experiment {
    name: "collapse",
    cost: Cost::Minutes,
    measure,
    figures: &[("collapse", draw)],
    claims,
};

const SEEDS: usize = 5;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = &Task::wide_ring()?;
    let frames: [u64; 6] = lab.by_scale(
        [0, 10, 20, 30, 40, 60],
        [500, 1000, 1500, 2000, 2500, 3000],
        [500, 1000, 1500, 2000, 2500, 3000],
    );
    let slow = bare();
    let g = AdamConfig { lr: 10.0 * slow.g.lr, ..slow.g };
    let config = Config { g, ..slow };
    let see = |gan: &dyn Players| film::frame(task, gan);
    let least = |runs: &[Run]| -> Vec<f64> {
        let least = runs.iter().map(|run| {
            let modes = run.seen.iter().map(|(_, seen)| seen[seen.len() - 2]);
            f64::from(modes.fold(8.0, f32::min))
        });
        least.collect()
    };
    let pairs = Pairs { task, config, width: WIDTH, seeds: SEEDS };
    let runs = pairs.train(lab, "collapse", &frames, see)?;
    record(lab, "collapse", &lasts(&runs))?;
    let within = Within::Absolute(0.5);
    lab.over_seeds("collapse_least", &least(&runs), within)?;
    // The same looks at the pair as it was.
    let pairs = Pairs { config: slow, ..pairs };
    let control = pairs.train(lab, "collapse-slow", &frames, see)?;
    lab.over_seeds("collapse_slow_least", &least(&control), within)?;
    lab.result("collapse_seeds", SEEDS as f64, Within::Exactly)?;
    lab.result("collapse_steps", frames[5] as f64, Within::Exactly)?;
    film::note(lab, &runs[0])
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    film::draw(of)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let least = lab::over_seeds("collapse_least", SEEDS);
    vec![
        ("each_run_loses_modes", Claim::all_below(least, 7.5)),
        (
            "slower_it_keeps_more",
            Claim::less_over_seeds(
                "collapse_least",
                "collapse_slow_least",
                SEEDS,
            ),
        ),
    ]
}
