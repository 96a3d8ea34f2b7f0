//! The game with chapter 1's losses: where both at once come to circle, and how slowly taking turns comes in.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};

use super::{ETA, bare, path};
use crate::plain::{Game, Order, Score, norm};

pub const EXPERIMENT: Experiment = Experiment {
    name: "logistic",
    cost: Cost::Seconds,
    measure,
    figures: &[("logistic", draw)],
    claims,
};

const STEPS: usize = 8_000;
/// One step in so many is drawn.
const EVERY: usize = 20;
const GAMMA: f64 = 0.2;
/// Name, label, where the fake starts, who moves when, what R1 weighs.
const RUNS: [(&str, &str, f64, Order, f64); 4] = [
    ("outside", "both at once, from 2", 2.0, Order::Simultaneous, 0.0),
    ("inside", "both at once, from 0.05", 0.05, Order::Simultaneous, 0.0),
    ("turn", "in turn, from 2", 2.0, Order::Alternating, 0.0),
    ("r1", "both at once with R1, from 2", 2.0, Order::Simultaneous, GAMMA),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let drawn = |t: &usize| t.is_multiple_of(EVERY);
    lab.column("step", (0..=STEPS).filter(drawn).map(|t| t as f64))?;
    for (name, _, theta, order, gamma) in RUNS {
        let game = Game { score: Score::Logistic, gamma };
        let way = path([theta, 0.0], STEPS, |w| order.step(game, w, ETA));
        let norms: Vec<f64> = way.iter().map(|w| norm(*w)).collect();
        let named = format!("dirac_logistic_{name}");
        lab.result(&named, norms[STEPS], Within::Absolute(1e-6))?;
        // An underflow is no place on a logarithmic axis.
        let shown = norms.iter().step_by(EVERY).map(|r| r.max(1e-12));
        lab.column(name, shown)?;
    }
    let circle = (2.0 * ETA).sqrt();
    let inward = (8.0 / (ETA * STEPS as f64)).sqrt();
    lab.result("dirac_logistic_circle", circle, Within::Exactly)?;
    lab.result("dirac_logistic_inward", inward, Within::Exactly)?;
    lab.result("dirac_logistic_gamma", GAMMA, Within::Exactly)?;
    lab.result("dirac_logistic_steps", STEPS as f64, Within::Exactly)?;
    // The smaller the step, the smaller the circle.
    let game = bare(Score::Logistic);
    for eta in [0.025, 0.4] {
        let step = |w| Order::Simultaneous.step(game, w, eta);
        let way = path([2.0, 0.0], STEPS * 16, step);
        let end = norm(way[STEPS * 16]);
        let named = format!("dirac_logistic_outside_at_{eta}");
        lab.result(&named, end, Within::Absolute(1e-6))?;
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("distance from the end of the game", Axis::Log)
        .y_range(1e-3, 3.0)
        .horizontal("√(2η)", of.value("dirac_logistic_circle")?);
    for (name, label, ..) in RUNS {
        let curve = of.curve("step", name)?.into_iter();
        plot = plot.line(label, curve.filter(|(_, r)| *r > 1e-3));
    }
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let of = |run: &str| format!("dirac_logistic_{run}");
    vec![
        (
            "dirac_one_circle_from_both_sides",
            Claim::equal(0.01, of("inside"), of("outside"), of("turn")),
        ),
        (
            "dirac_the_circle_is_where_it_should_be",
            Claim::equal(0.02, of("outside"), of("circle"), of("turn")),
        ),
        (
            "dirac_turns_come_in_as_slowly_as_said",
            Claim::equal(0.02, of("turn"), of("inward"), of("outside")),
        ),
        (
            "dirac_logistic_r1_settles",
            Claim::times(1e6, of("r1"), of("turn")),
        ),
        (
            "dirac_small_steps_small_circle",
            Claim::rises([
                of("outside_at_0.025"),
                of("outside"),
                of("outside_at_0.4"),
            ]),
        ),
    ]
}
