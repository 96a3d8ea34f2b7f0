//! The chapter's recipe on the ring of 8 and on the grid of 25.

use datasets::toy::Density;
use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use lab::{panels, rng_at};
use ndarray::Array2;

use crate::run::task::{JUDGED, Pairs, Task, record, record_spreads};

pub const RING: Experiment = Experiment {
    name: "ring",
    cost: Cost::Minutes,
    measure: |lab| measure(lab, &Task::ring(lab)?),
    figures: &[("ring", draw_ring)],
    claims: claims_of_the_ring,
};

pub const GRID: Experiment = Experiment {
    name: "grid",
    cost: Cost::Minutes,
    measure: |lab| measure(lab, &Task::grid(lab)),
    figures: &[("grid", draw_grid)],
    claims: claims_of_the_grid,
};

pub const SEEDS: usize = 5;

fn measure(lab: &mut Lab, task: &Task) -> anyhow::Result<()> {
    let (config, width) = (task.config(), lab.by_scale(16, 128, 128));
    let pairs = Pairs { task, config, width, seeds: SEEDS, group: None };
    let name = task.name;
    let runs = pairs.train(lab, name, task.steps)?;
    record(lab, name, &runs, task.data.means().nrows())?;
    record_spreads(lab, name, &runs)?;
    for (what, number) in [
        ("steps", task.steps as f64),
        ("seeds", SEEDS as f64),
        ("signs", config.noise.signs as f64),
        ("normals", config.noise.normals as f64),
        ("batch", config.batch as f64),
        ("gamma", config.penalties.real),
        ("left", config.at(task.steps).left),
    ] {
        lab.result(&format!("{name}_{what}"), number, Within::Exactly)?;
    }
    let real = task.data.sample(JUDGED, &mut rng_at(lab.seed(), 0));
    let drawn = task.samples(&runs[0].g, config.noise, JUDGED); // [2500, 2]
    for (what, x) in [("real", real), ("drawn", drawn)] {
        note(lab, what, &x)?;
    }
    let middle = task.data.means().row(0).to_vec();
    lab.column("middle", middle)?;
    lab.column("sigma", [task.data.sigma()])
}

fn note(lab: &mut Lab, what: &str, x: &Array2<f64>) -> anyhow::Result<()> {
    // A picture shows no more.
    let round = |v: &f64| (v * 1e4).round() / 1e4;
    lab.column(&format!("{what}_x"), x.column(0).iter().map(round))?;
    lab.column(&format!("{what}_y"), x.column(1).iter().map(round))
}

fn draw_ring(of: &Measurements) -> anyhow::Result<String> {
    draw(of, 1.3)
}

fn draw_grid(of: &Measurements) -> anyhow::Result<String> {
    draw(of, 4.8)
}

/// Real and drawn samples, whole, and one mode magnified.
fn draw(of: &Measurements, reach: f64) -> anyhow::Result<String> {
    let (middle, sigma) = (of.column("middle")?, of.column("sigma")?[0]);
    let mut all = Vec::new();
    for (near, of_what) in [(false, ""), (true, ", one mode")] {
        for (n, (what, title)) in
            [("real", "data"), ("drawn", "generator")].iter().enumerate()
        {
            let points =
                of.curve(&format!("{what}_x"), &format!("{what}_y"))?;
            let (x, y, reach) = match near {
                true => (middle[0], middle[1], 5.0 * sigma),
                false => (0.0, 0.0, reach),
            };
            let inside = points.into_iter().filter(|p| {
                (p.0 - x).abs() < reach && (p.1 - y).abs() < reach
            });
            let inside: Vec<_> = match near {
                true => inside.collect(),
                false => inside.step_by(3).collect(),
            };
            all.push(
                Plot::new(&format!("{title}{of_what}"))
                    .square()
                    .x("", Axis::Linear)
                    .y("", Axis::Linear)
                    .x_range(x - reach, x + reach)
                    .y_range(y - reach, y + reach)
                    .colour(n)
                    .points("", inside),
            );
        }
    }
    panels(&all, 2)
}

fn claims_of_the_ring() -> Vec<(&'static str, Claim)> {
    let every = |name| lab::over_seeds(name, SEEDS);
    vec![
        ("ring_all_8", Claim::all_above(every("ring_modes"), 7.5)),
        ("ring_is_sharp", Claim::all_above(every("ring_high_quality"), 0.95)),
        ("ring_mean_width_low", Claim::less(0.8, "ring_width_ratio")),
        (
            "ring_modes_are_off_their_place",
            Claim::less_over_seeds(
                "ring_own_width_ratio",
                "ring_width_ratio",
                SEEDS,
            ),
        ),
        ("ring_mean_width_high", Claim::less("ring_width_ratio", 1.2)),
        (
            "ring_has_no_strays",
            Claim::all_below(every("ring_farthest_sigma"), 6.0),
        ),
    ]
}

fn claims_of_the_grid() -> Vec<(&'static str, Claim)> {
    let every = |name| lab::over_seeds(name, SEEDS);
    vec![
        ("grid_all_25", Claim::all_above(every("grid_modes"), 24.5)),
        ("grid_is_sharp", Claim::less(0.95, "grid_high_quality")),
        (
            "grid_less_sharp",
            Claim::less("grid_high_quality", "ring_high_quality"),
        ),
    ]
}
