//! The field of the linear game, and where three ways of stepping lead in it.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};

use super::{START, bare, path};
use crate::plain::{
    Game, Order, Score, alternating, field, norm, simultaneous,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "field",
    cost: Cost::Seconds,
    measure,
    figures: &[("game", draw_game), ("field", draw_field)],
    claims,
};

/// Large steps, so that one sees each of them.
const ETA: f64 = 0.25;
const STEPS: usize = 40;
const GAMMA: f64 = 1.0;
const REACH: f64 = 3.8;
/// Who moves when, what R1 weighs; name and title.
const WAYS: [(&str, &str, Order, f64); 3] = [
    ("simultaneous", "both at once", Order::Simultaneous, 0.0),
    ("alternating", "in turn", Order::Alternating, 0.0),
    ("r1", "both at once, with R1", Order::Simultaneous, GAMMA),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    for (name, _, order, gamma) in WAYS {
        let game = Game { score: Score::Linear, gamma };
        let way = path(START, STEPS, |w| order.step(game, w, ETA));
        let end = norm(way[STEPS]);
        let named = format!("dirac_norm_{name}");
        lab.result(&named, end, Within::Absolute(1e-9))?;
        lab.column(&format!("{name}_theta"), way.iter().map(|w| w[0]))?;
        lab.column(&format!("{name}_psi"), way.iter().map(|w| w[1]))?;
        arrows(lab, name, game)?;
    }
    let game = bare(Score::Linear);
    let [one, other] =
        [simultaneous, alternating].map(|step| step(game, [2.0, 1.0], ETA));
    lab.result("dirac_first_psi", one[1], Within::Absolute(1e-12))?;
    lab.result("dirac_first_theta_both", one[0], Within::Absolute(1e-12))?;
    lab.result("dirac_first_theta_turn", other[0], Within::Absolute(1e-12))?;
    lab.result("dirac_field_steps", STEPS as f64, Within::Exactly)?;
    lab.result("dirac_field_eta", ETA, Within::Exactly)?;
    lab.result("dirac_field_gamma", GAMMA, Within::Exactly)
}

/// A short arrow of the field at each place of a grid.
fn arrows(lab: &mut Lab, name: &str, game: Game) -> anyhow::Result<()> {
    let at = |n: usize| 0.72 * (n as f64 - 4.5);
    let places = (0..100).map(|n| [at(n % 10), at(n / 10)]);
    let ends: Vec<_> = places
        .flat_map(|w| {
            let v = field(game, w);
            [w, [w[0] + 0.12 * v[0], w[1] + 0.12 * v[1]]]
        })
        .collect();
    lab.column(&format!("{name}_tip_theta"), ends.iter().map(|w| w[0]))?;
    lab.column(&format!("{name}_tip_psi"), ends.iter().map(|w| w[1]))
}

/// What the game is: a datum, a fake, a line.
fn draw_game(of: &Measurements) -> anyhow::Result<String> {
    let psi = of.value("dirac_first_psi")?;
    let line = [-1.0, 3.0].map(|x| (x, psi * x));
    // The fake goes to where the line is higher; the line goes down at the fake.
    let fake = [(2.0, 0.0), (2.6, 0.0)];
    let tilt = [(2.0, 2.0 * psi), (2.0, 1.2 * psi)];
    let plot = Plot::new("")
        .x("x", Axis::Linear)
        .y("logit", Axis::Linear)
        .y_range(-0.7, 1.7)
        .line("logit s(x) = ψx", line)
        .points("the datum, at 0", [(0.0, 0.0)])
        .points("the fake, at θ", [fake[0]])
        .arrows("where each would go", fake.into_iter().chain(tilt));
    plot.svg()
}

fn draw_field(of: &Measurements) -> anyhow::Result<String> {
    let panel = |(name, title, ..): (&str, &str, Order, f64)| {
        let curve = |x: &str, y: &str| {
            of.curve(&format!("{name}_{x}"), &format!("{name}_{y}"))
        };
        let way = curve("theta", "psi")?;
        let plot = Plot::new(title)
            .square()
            .x("θ", Axis::Linear)
            .y("ψ", Axis::Linear)
            .x_range(-REACH, REACH)
            .y_range(-REACH, REACH)
            .colour(5)
            .arrows("", curve("tip_theta", "tip_psi")?)
            .colour(1)
            .line("", way.clone())
            .colour(1)
            .points("", way)
            .colour(0)
            .points("", [(START[0], START[1])]);
        anyhow::Ok(plot)
    };
    let all = WAYS.map(panel).into_iter();
    panels(&all.collect::<anyhow::Result<Vec<_>>>()?, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let of = |way: &str| format!("dirac_norm_{way}");
    vec![
        (
            "dirac_out_round_in",
            Claim::rises([of("r1"), of("alternating"), of("simultaneous")]),
        ),
        (
            "dirac_both_at_once_go_out",
            Claim::times(3.0, 1.0, of("simultaneous")),
        ),
        ("dirac_r1_turns_it_inward", Claim::times(30.0, of("r1"), 1.0)),
        (
            "dirac_the_second_player_knows_more",
            Claim::less("dirac_first_theta_turn", "dirac_first_theta_both"),
        ),
    ]
}
