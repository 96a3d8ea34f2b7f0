//! Heavy balls in the linear game, their step chosen so that they go equally far downhill.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};

use super::{ORDERS, START, bare};
use crate::plain::{
    Order, Score, heavy_ball, matrix_of, norm, spectral_radius,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "momentum",
    cost: Cost::Seconds,
    measure,
    figures: &[("momentum", draw)],
    claims,
};

/// On a slope that stays, a step of η with momentum β comes to η / (1 - β) a step.
pub(super) const WHOLE: f64 = 0.1;
const STEPS: usize = 300;
const BETAS: [f64; 4] = [-0.5, 0.0, 0.5, 0.9];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let game = bare(Score::Linear);
    let step = |order: Order, beta: f64| {
        let eta = WHOLE * (1.0 - beta);
        move |w: [f64; 4]| heavy_ball(game, order, w, (eta, beta))
    };
    for (name, order) in ORDERS {
        for beta in BETAS {
            let step = step(order, beta);
            let mut w = [START[0], START[1], 0.0, 0.0];
            let mut norms = vec![1.0];
            for _ in 0..STEPS {
                w = step(w);
                norms.push(norm([w[0], w[1]]));
            }
            let radius = spectral_radius(&matrix_of(step));
            // Over the second half, when the smaller eigenvalues are spent.
            let seen =
                (norms[STEPS] / norms[STEPS / 2]).powf(2.0 / STEPS as f64);
            let named = |what| format!("dirac_{what}_{name}_{beta}");
            let close = Within::Relative(1e-9);
            lab.result(&named("radius"), radius, close)?;
            lab.result(&named("rate"), seen, close)?;
            lab.result(&named("heavy"), norms[STEPS], close)?;
            lab.column(&format!("{name}_{beta}"), norms)?;
        }
        let betas = (-16..=18).map(|n| f64::from(n) / 20.0);
        let radius = |beta| spectral_radius(&matrix_of(step(order, beta)));
        lab.column(&format!("{name}_radius"), betas.clone().map(radius))?;
        if order == Order::Simultaneous {
            lab.column("beta", betas)?;
        }
    }
    lab.column("step", (0..=STEPS).map(|t| t as f64))?;
    lab.result("dirac_heavy_steps", STEPS as f64, Within::Exactly)?;
    lab.result("dirac_heavy_whole", WHOLE, Within::Exactly)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut ways = Plot::new("in turn")
        .x("step", Axis::Linear)
        .y("distance", Axis::Log)
        .y_range(0.1, 1000.0);
    for beta in BETAS {
        let curve = of.curve("step", &format!("alternating_{beta}"))?;
        let shown = curve.into_iter().take_while(|(_, r)| *r < 1000.0);
        let label = format!("β = {beta}").replace('-', "−");
        ways = ways.line(&label, shown);
    }
    let radius = Plot::new("largest eigenvalue of a step")
        .x("momentum β", Axis::Linear)
        .y("its size", Axis::Linear)
        .y_range(0.99, 1.05)
        .line("both at once", of.curve("beta", "simultaneous_radius")?)
        .line("in turn", of.curve("beta", "alternating_radius")?)
        .horizontal("", 1.0);
    panels(&[ways, radius], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let radii = |order: &str| {
        let order = order.to_string();
        BETAS.map(move |beta| format!("dirac_radius_{order}_{beta}"))
    };
    let leaving = |what: &str| {
        let of = |(order, _)| {
            [0.5, 0.9].map(|beta| format!("dirac_{what}_{order}_{beta}"))
        };
        ORDERS.map(of).concat().into_iter().map(Into::into).collect()
    };
    let one = vec![1.0.into(); 4];
    let [_, no, half, most] = radii("alternating");
    vec![
        ("dirac_momentum_drives_out", Claim::rises(radii("alternating"))),
        ("dirac_and_both_at_once", Claim::rises(radii("simultaneous"))),
        (
            "dirac_both_at_once_always_out",
            Claim::all_above(radii("simultaneous"), 1.0),
        ),
        (
            "dirac_no_momentum_stays",
            Claim::equal(1e-9, no, 1.0, half.clone()),
        ),
        ("dirac_half_and_most_leave", Claim::all_above([half, most], 1.0)),
        (
            "dirac_a_negative_one_settles",
            Claim::less("dirac_radius_alternating_-0.5", 1.0),
        ),
        (
            "dirac_runs_go_at_that_rate",
            Claim::Equal(2e-3, leaving("rate"), leaving("radius"), one),
        ),
    ]
}
