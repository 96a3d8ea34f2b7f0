//! The same discriminator under three pairs of targets.

use datasets::toy::Density;
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, rng_at,
};
use minimax_loss::plain::data_and_generator;

use super::{
    densities, line, on_a_line, probability, single, worst_where_it_matters,
};
use crate::plain::{Targets, smoothed_optimal_d};
use crate::training::{Config, Objective, Training};

pub const EXPERIMENT: Experiment = Experiment {
    name: "smoothing",
    cost: Cost::Seconds,
    measure,
    figures: &[("smoothing", draw)],
    claims,
};

const CASES: [(&str, &str, Targets); 3] = [
    ("hard", "targets 1 and 0", Targets { real: 1.0, fake: 0.0 }),
    ("one_sided", "0.9 and 0", Targets { real: 0.9, fake: 0.0 }),
    ("two_sided", "0.9 and 0.1", Targets { real: 0.9, fake: 0.1 }),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let [data, generator] = data_and_generator()?;
    let x = line(-5.0, 5.0, 201);
    let (p, q) = (densities(&data, &x), densities(&generator, &x));
    lab.column("x", x.iter().copied())?;
    let steps = lab.by_scale(200, 2000, 5_000);
    for (name, _, targets) in CASES {
        let best = smoothed_optimal_d(&p, &q, targets);
        let (a, b, seed) = (data.clone(), generator.clone(), lab.seed());
        let draw = move |step| {
            let mut rng = rng_at(seed, step);
            (single(a.sample(512, &mut rng)), single(b.sample(512, &mut rng)))
        };
        let smoothed =
            |c: &mut Config| c.objective = Objective::Smoothed(targets);
        let mut training =
            Training::new(on_a_line(lab, smoothed, steps)?, draw);
        lab.train(&format!("smoothing-{name}"), steps, &mut training)?;
        let learnt = probability(&training.d.net(), &x);
        let error = worst_where_it_matters(&learnt, &best, &(&p + &q));
        lab.result(
            &format!("smoothed_d_max_abs_err_{name}"),
            error,
            Within::Limit(0.15),
        )?;
        let largest = best.iter().copied().fold(0.0, f64::max);
        let smallest = best.iter().copied().fold(1.0, f64::min);
        lab.result(
            &format!("smoothed_best_largest_{name}"),
            largest,
            Within::Absolute(1e-6),
        )?;
        lab.result(
            &format!("smoothed_best_smallest_{name}"),
            smallest,
            Within::Absolute(1e-6),
        )?;
        lab.column(&format!("learnt_{name}"), learnt)?;
        lab.column(&format!("best_{name}"), best)?;
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("x", Axis::Linear)
        .y("D(x)", Axis::Linear)
        .y_range(0.0, 1.0);
    for (colour, (name, label, _)) in CASES.into_iter().enumerate() {
        plot = plot
            .colour(colour)
            .line(label, of.curve("x", &format!("learnt_{name}"))?);
        plot = plot
            .colour(colour)
            .dashed("", of.curve("x", &format!("best_{name}"))?);
    }
    plot.horizontal("", 0.9).svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [ceiling, floor] = ["largest", "smallest"]
        .map(|end| move |name: &str| format!("smoothed_best_{end}_{name}"));
    vec![
        (
            "smoothing_lowers_the_ceiling",
            Claim::less(ceiling("one_sided"), ceiling("hard")),
        ),
        (
            "only_two_sided_lifts_the_floor",
            Claim::times(100.0, floor("one_sided"), floor("two_sided")),
        ),
        (
            "the_smoothed_ratio_is_learnt",
            Claim::all_below(
                CASES.map(|(name, ..)| {
                    format!("smoothed_d_max_abs_err_{name}")
                }),
                0.08,
            ),
        ),
    ]
}
