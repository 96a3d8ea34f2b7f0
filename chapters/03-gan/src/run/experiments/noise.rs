//! Normal noise beside noise in separate pieces: the same run but for that.

use lab::{Claim, Cost, Experiment, Lab, Measurements, Within, panels};

use super::film::{empty, rounded};
use crate::run::task::{Pairs, Task, WIDTH, bare, lasts, record, samples};
use crate::training::{Config, Noise, Players};

pub const EXPERIMENT: Experiment = Experiment {
    name: "noise",
    cost: Cost::Minutes,
    measure,
    figures: &[("noise", draw)],
    claims,
};

pub const SEEDS: usize = 5;
/// Points in a panel.
const POINTS: usize = 1500;
const SIGNS: Noise = Noise { signs: 6, normals: 2 };

fn cases() -> [(&'static str, &'static str, Noise); 2] {
    let normal = Noise::normal(SIGNS.width());
    [
        ("normal", "eight normal components", normal),
        ("signs", "six signs, two normal components", SIGNS),
    ]
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = &Task::wide_ring()?;
    let steps: u64 = lab.by_scale(60, 6000, 20_000);
    for (name, _, noise) in cases() {
        let config = Config { noise, ..bare() };
        let pairs = Pairs { task, config, width: WIDTH, seeds: SEEDS };
        let see = |gan: &dyn Players| {
            let x = samples(&gan.g(), noise, POINTS); // [1500, 2]
            x.columns().into_iter().flatten().copied().collect()
        };
        let run = format!("noise-{name}");
        let runs = pairs.train(lab, &run, &[steps], see)?;
        record(lab, &format!("noise_{name}"), &lasts(&runs))?;
        let (x, y) = runs[0].seen[0].1.split_at(POINTS);
        lab.column(&format!("{name}_x"), rounded(x))?;
        lab.column(&format!("{name}_y"), rounded(y))?;
    }
    let pieces = 2.0_f64.powi(SIGNS.signs as i32);
    lab.result("noise_pieces", pieces, Within::Exactly)?;
    lab.result("noise_width", SIGNS.width() as f64, Within::Exactly)?;
    lab.result("noise_seeds", SEEDS as f64, Within::Exactly)?;
    lab.result("noise_steps", steps as f64, Within::Exactly)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let panel = |(name, title, _): (&str, &str, Noise)| {
        let points = of.curve(&format!("{name}_x"), &format!("{name}_y"))?;
        Ok(empty(title).colour(1).points("", points))
    };
    let both = cases().map(panel).into_iter();
    panels(&both.collect::<anyhow::Result<Vec<_>>>()?, 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "signs_make_sharper",
        Claim::less_over_seeds(
            "noise_normal_high_quality",
            "noise_signs_high_quality",
            SEEDS,
        ),
    )]
}
