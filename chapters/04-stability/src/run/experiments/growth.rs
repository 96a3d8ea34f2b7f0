//! How far the pair is from the end of the game, step by step, and what the formulas say of it.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};

use super::{ETA, START, bare, path};
use crate::plain::{Game, Order, Score, growth, invariant, norm, widest};

pub const EXPERIMENT: Experiment = Experiment {
    name: "growth",
    cost: Cost::Seconds,
    measure,
    figures: &[("growth", draw)],
    claims,
};

const STEPS: usize = 200;
const GAMMA: f64 = 0.5;
const WAYS: [(&str, &str, Order, f64); 3] = [
    ("simultaneous", "both at once", Order::Simultaneous, 0.0),
    ("alternating", "in turn", Order::Alternating, 0.0),
    ("r1", "both at once, with R1", Order::Simultaneous, GAMMA),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    for (name, _, order, gamma) in WAYS {
        let game = Game { score: Score::Linear, gamma };
        let way = path(START, STEPS, |w| order.step(game, w, ETA));
        let norms: Vec<f64> = way.iter().map(|w| norm(*w)).collect();
        let named = format!("dirac_end_{name}");
        lab.result(&named, norms[STEPS], Within::Relative(1e-9))?;
        lab.column(name, norms)?;
    }
    let steps = || (0..=STEPS).map(|t| t as f64);
    let said: Vec<f64> = (0..=STEPS).map(|t| growth(ETA, t)).collect();
    lab.column("step", steps())?;
    lab.column("said", said.iter().copied())?;
    let game = bare(Score::Linear);
    let way = |order: Order| path(START, STEPS, |w| order.step(game, w, ETA));
    let largest = |all: Vec<f64>| all.into_iter().fold(0.0, f64::max);
    let both = way(Order::Simultaneous);
    let apart = both.iter().zip(&said).map(|(w, s)| (norm(*w) - s).abs());
    let apart = largest(apart.collect());
    lab.result("dirac_growth_max_abs_err", apart, Within::Limit(1e-12))?;
    let turn = way(Order::Alternating);
    let kept = turn.iter().map(|w| (invariant(*w, ETA) - 1.0).abs());
    let kept = largest(kept.collect());
    lab.result("dirac_invariant_max_abs_err", kept, Within::Limit(1e-12))?;
    let moved = largest(turn.iter().map(|w| norm(*w)).collect());
    lab.result("dirac_alternating_farthest", moved, Within::Absolute(1e-9))?;
    lab.result("dirac_alternating_bound", widest(ETA), Within::Exactly)?;
    lab.result("dirac_growth_steps", STEPS as f64, Within::Exactly)?;
    lab.result("dirac_growth_gamma", GAMMA, Within::Exactly)?;
    lab.result("dirac_growth_eta", ETA, Within::Exactly)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("distance from the end of the game", Axis::Log);
    for (name, label, ..) in WAYS {
        plot = plot.line(label, of.curve("step", name)?);
    }
    let said = of.curve("step", "said")?;
    plot.colour(4).dashed("(1 + η²)^(t/2)", said).svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let of = |way: &str| format!("dirac_end_{way}");
    vec![
        (
            "dirac_growth_is_exact",
            Claim::less("dirac_growth_max_abs_err", 1e-12),
        ),
        (
            "dirac_a_form_is_kept",
            Claim::less("dirac_invariant_max_abs_err", 1e-12),
        ),
        (
            "dirac_alternating_is_bounded",
            Claim::less(
                "dirac_alternating_farthest",
                "dirac_alternating_bound",
            ),
        ),
        (
            "dirac_only_r1_comes_nearer",
            Claim::rises([of("r1"), of("alternating"), of("simultaneous")]),
        ),
    ]
}
