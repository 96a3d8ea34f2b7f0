//! Where averages of a circling pair go.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};

use super::{ETA, ORDERS, START, bare, path};
use crate::plain::{
    Order, Score, average, invariant, norm, shrink, step_matrix,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "average",
    cost: Cost::Seconds,
    measure,
    figures: &[("average", draw)],
    claims,
};

const STEPS: usize = 1_000;
const DECAY: f64 = 0.99;
/// More than a whole turn.
const LAST: usize = 100;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let game = bare(Score::Linear);
    for (name, order) in ORDERS {
        let way = path(START, STEPS, |w| order.step(game, w, ETA));
        let mut mean = START;
        let (mut sum, mut whole, mut means) = ([0.0; 2], vec![], vec![]);
        for (t, w) in way.iter().enumerate() {
            if t > 0 {
                mean = average(mean, *w, DECAY);
            }
            sum = [sum[0] + w[0], sum[1] + w[1]];
            whole.push(norm(sum) / (t + 1) as f64);
            means.push(mean);
        }
        // By the form that a step keeps, or multiplies: the axes of an ellipse are all alike to it.
        let length = |w: [f64; 2]| match order {
            Order::Simultaneous => norm(w),
            Order::Alternating => invariant(w, ETA).sqrt(),
        };
        let share = length(means[STEPS]) / length(way[STEPS]);
        let named = |what: &str| format!("dirac_average_{what}_{name}");
        let close = Within::Relative(1e-6);
        lab.result(&named("share"), share, close)?;
        lab.result(&named("said"), said(order), close)?;
        let columns: [(&str, Vec<f64>); 3] = [
            ("pair", way.iter().map(|w| norm(*w)).collect()),
            ("mean", means.iter().map(|w| norm(*w)).collect()),
            ("uniform", whole),
        ];
        for (what, column) in &columns {
            let last = column[STEPS - LAST..].iter();
            let farthest = last.copied().fold(0.0, f64::max);
            lab.result(&named(what), farthest, close)?;
        }
        for (what, column) in columns {
            let shown = column.into_iter().step_by(4);
            lab.column(&format!("{name}_{what}"), shown)?;
        }
    }
    lab.column("step", (0..=STEPS).step_by(4).map(|t| t as f64))?;
    lab.result("dirac_average_decay", DECAY, Within::Exactly)?;
    lab.result("dirac_average_last", LAST as f64, Within::Exactly)?;
    lab.result("dirac_average_steps", STEPS as f64, Within::Exactly)
}

/// Eq. 4.14 with the size and the angle of a step's eigenvalue: half the trace is its real part.
fn said(order: Order) -> f64 {
    let m = step_matrix(bare(Score::Linear), order, ETA);
    let re = (m[[0, 0]] + m[[1, 1]]) / 2.0;
    let size = (m[[0, 0]] * m[[1, 1]] - m[[0, 1]] * m[[1, 0]]).sqrt();
    shrink(size, (re / size).acos(), DECAY)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let curve = |name: &str| of.curve("step", name);
    let plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("distance from the end of the game", Axis::Log)
        .line("both at once", curve("simultaneous_pair")?)
        .colour(0)
        .dashed("its average", curve("simultaneous_mean")?)
        .line("in turn", curve("alternating_pair")?)
        .colour(1)
        .dashed("its average", curve("alternating_mean")?)
        .colour(2)
        .line("in turn, mean of all steps", curve("alternating_uniform")?);
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let of = |what: &str, order| format!("dirac_average_{what}_{order}");
    let (both, turn) = ("simultaneous", "alternating");
    vec![
        (
            "dirac_average_is_as_said",
            Claim::Equal(
                1e-3,
                vec![of("share", both).into(), of("share", turn).into()],
                vec![of("said", both).into(), of("said", turn).into()],
                vec![1.0.into(); 2],
            ),
        ),
        (
            "dirac_the_average_is_nearer",
            Claim::times(5.0, of("mean", turn), of("pair", turn)),
        ),
        (
            "dirac_the_average_of_a_spiral_leaves_too",
            Claim::times(5.0, 1.0, of("mean", both)),
        ),
        (
            "dirac_the_mean_of_all_is_nearest",
            Claim::times(4.0, of("uniform", turn), of("mean", turn)),
        ),
    ]
}
