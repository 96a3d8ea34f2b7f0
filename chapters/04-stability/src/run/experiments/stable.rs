//! Where training is stable, in the plane of step size and penalty: the formula, and a run at each place.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use ndarray::Array2;

use super::ORDERS;
use crate::plain::{
    Game, Order, Score, is_stable, norm, radius_of_two, step_matrix,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "stable",
    cost: Cost::Seconds,
    measure,
    figures: &[("stable", draw)],
    claims,
};

/// The plane: step sizes and penalties up to these.
const ETA_TO: f64 = 2.4;
const GAMMA_TO: f64 = 4.0;
/// Cells of the shading, and runs, along each side.
const CELLS: usize = 60;
const RUNS: usize = 14;
const SCORES: [(&str, Score); 2] =
    [("linear", Score::Linear), ("logistic", Score::Logistic)];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    for (name, order) in ORDERS {
        let radii = places(CELLS).map(|(eta, gamma)| {
            let game = Game { score: Score::Linear, gamma };
            radius_of_two(&step_matrix(game, order, eta))
        });
        lab.column(&format!("{name}_radius"), radii)?;
        for (score_name, score) in SCORES {
            let (mut settled, mut left, mut apart) = (vec![], vec![], 0);
            for (eta, gamma) in places(RUNS) {
                let game = Game { score, gamma };
                let settles = settles(game, order, eta);
                apart += usize::from(settles != is_stable(game, order, eta));
                let list = if settles { &mut settled } else { &mut left };
                list.push((eta, gamma));
            }
            let label = format!("{score_name}_{name}");
            let runs = format!("dirac_stable_disagreements_{label}");
            lab.result(&runs, apart as f64, Within::Exactly)?;
            let runs = format!("dirac_stable_runs_{label}");
            lab.result(&runs, settled.len() as f64, Within::Exactly)?;
            for (what, list) in [("settled", settled), ("left", left)] {
                let column = |axis| format!("{label}_{what}_{axis}");
                lab.column(&column("eta"), list.iter().map(|p| p.0))?;
                lab.column(&column("gamma"), list.iter().map(|p| p.1))?;
            }
        }
    }
    lab.result("dirac_stable_runs", (RUNS * RUNS) as f64, Within::Exactly)
}

/// The middles of n × n cells of the plane, η running fastest.
fn places(n: usize) -> impl Iterator<Item = (f64, f64)> {
    let at = move |k: usize, to: f64| to * (k as f64 + 0.5) / n as f64;
    (0..n * n).map(move |k| (at(k % n, ETA_TO), at(k / n, GAMMA_TO)))
}

/// Whether a pair that starts a millionth from the end of the game comes a thousand times nearer before it is a
/// thousand times farther.
fn settles(game: Game, order: Order, eta: f64) -> bool {
    let mut w = [6e-7, 8e-7];
    for _ in 0..100_000 {
        w = order.step(game, w, eta);
        match norm(w) {
            r if r < 1e-9 => return true,
            r if r > 1e-3 => return false,
            _ => (),
        }
    }
    false
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let panel = |(name, order): (&str, Order)| {
        let radii = of.column(&format!("{name}_radius"))?;
        let depth = |r: &f64| (1.0 - r).max(0.0).sqrt();
        let depth = radii.iter().map(depth).collect();
        let depth = Array2::from_shape_vec((CELLS, CELLS), depth)?;
        let points = |what: &str| {
            let column = |axis| format!("linear_{name}_{what}_{axis}");
            of.curve(&column("eta"), &column("gamma"))
        };
        let title = match order {
            Order::Simultaneous => "both at once",
            Order::Alternating => "in turn",
        };
        let plot = Plot::new(title)
            .x("step size η", Axis::Linear)
            .y("R1's γ", Axis::Linear)
            .x_range(0.0, ETA_TO)
            .y_range(0.0, GAMMA_TO)
            .colour(5)
            .shade(&depth, (0.0, ETA_TO), (0.0, GAMMA_TO))
            .colour(0)
            .points("settles", points("settled")?)
            .colour(1)
            .points("does not", points("left")?)
            .colour(0);
        anyhow::Ok(
            edges(order)
                .into_iter()
                .fold(plot, |plot, edge| plot.colour(0).line("", edge)),
        )
    };
    let all = ORDERS.map(panel).into_iter();
    panels(&all.collect::<anyhow::Result<Vec<_>>>()?, 2)
}

/// The borders of eq. 4.11 in the linear game.
fn edges(order: Order) -> Vec<Vec<(f64, f64)>> {
    let etas = || (1..=240).map(|n| ETA_TO * f64::from(n) / 240.0);
    let inside = |(eta, gamma): &(f64, f64)| {
        *eta <= 2.0 && (0.0..=GAMMA_TO).contains(gamma)
    };
    let sign = match order {
        Order::Simultaneous => 1.0,
        Order::Alternating => -1.0,
    };
    let above = etas().map(|eta| (eta, 2.0 / eta + sign * eta / 2.0));
    let below = etas().map(|eta| (eta, eta * (1.0 + sign) / 2.0));
    vec![above.filter(inside).collect(), below.filter(inside).collect()]
}

fn claims() -> Vec<(&'static str, Claim)> {
    let runs = |what: &str| {
        let of = |score| move |order| format!("{what}_{score}_{order}");
        let all = ["linear", "logistic"]
            .map(|score| ["simultaneous", "alternating"].map(of(score)));
        all.concat().into_iter()
    };
    let apart = runs("dirac_stable_disagreements").map(Into::into);
    let settled = runs("dirac_stable_runs").map(Into::into);
    let none = vec![0.0.into(); 4];
    let (fewer, more) = (
        "dirac_stable_runs_linear_simultaneous",
        "dirac_stable_runs_linear_alternating",
    );
    vec![
        (
            "dirac_every_run_agrees",
            Claim::Equal(0.0, apart.collect(), none, settled.collect()),
        ),
        ("dirac_taking_turns_settles_more", Claim::less(fewer, more)),
    ]
}
