//! What each loss asks of the logit of a fake: of the discriminator, and of the generator.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use minimax_loss::plain as chapter_1;
use ndarray::{Array2, array};

use crate::losses::{
    d_hinge, d_least_squares, d_wasserstein, g_hinge, g_least_squares,
    g_wasserstein,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "pushes",
    cost: Cost::Seconds,
    measure,
    figures: &[("pushes", draw)],
    claims,
};

const REACH: f64 = 4.0;
/// The logits of the page's table.
const LOGITS: [f64; 3] = [-4.0, 0.0, 4.0];

/// A loss for a fake's logit, as its gradient there.
type Gradient = fn(&Array2<f64>) -> Array2<f64>;

/// Where the real logits lie does not matter to a fake's gradient.
fn nowhere() -> Array2<f64> {
    array![[0.0]]
}

const OF_D: [(&str, &str, Gradient); 4] = [
    ("logistic", "chapter 1", |s| {
        chapter_1::d_loss_backward(&nowhere(), s).1
    }),
    ("least_squares", "least squares", |s| {
        d_least_squares(&nowhere(), s).1.1
    }),
    ("hinge", "hinge", |s| d_hinge(&nowhere(), s).1.1),
    ("wasserstein", "Wasserstein", |s| d_wasserstein(&nowhere(), s).1.1),
];

const OF_G: [(&str, &str, Gradient); 5] = [
    (
        "in_use",
        "chapter 1, in use",
        chapter_1::g_loss_non_saturating_backward,
    ),
    ("least_squares", "least squares", |s| g_least_squares(s).1),
    ("hinge", "hinge", |s| g_hinge(s).1),
    ("wasserstein", "Wasserstein", |s| g_wasserstein(s).1),
    ("saturating", "saturating", chapter_1::g_loss_saturating_backward),
];

/// By how much, and which way, the player would move this logit.
fn push(of: Gradient, s: f64) -> f64 {
    -of(&array![[s]])[[0, 0]]
}

fn named(player: &str, loss: &str, s: f64) -> String {
    format!("push_{player}_{loss}_at_{s}")
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let at = |n: u32| 0.05 * f64::from(n) - REACH;
    let places = || (0..=160).map(at);
    lab.column("logit", places())?;
    let players = [("d", &OF_D[..]), ("g", &OF_G[..])];
    for (player, losses) in players {
        for (name, _, of) in losses {
            let pushes = places().map(|s| push(*of, s));
            lab.column(&format!("{player}_{name}"), pushes)?;
            for s in LOGITS {
                let name = named(player, name, s);
                lab.result(&name, push(*of, s), Within::Absolute(1e-9))?;
            }
        }
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let panel = |title: &str,
                 player: &str,
                 losses: &[(&str, &str, Gradient)]| {
        let mut plot = Plot::new(title)
            .x("logit of the fake", Axis::Linear)
            .y("push on it", Axis::Linear)
            .y_range(-4.2, 5.2);
        for (name, label, _) in
            losses.iter().filter(|loss| (player, loss.0) != ("g", "hinge"))
        {
            let both = player == "g" && *name == "wasserstein";
            let label = if both { "Wasserstein and hinge" } else { label };
            plot = plot
                .line(label, of.curve("logit", &format!("{player}_{name}"))?);
        }
        anyhow::Ok(plot)
    };
    let of_d = panel("by the discriminator", "d", &OF_D)?;
    let of_g = panel("by the generator", "g", &OF_G)?;
    panels(&[of_d, of_g], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [low, _, high] = LOGITS;
    let g = |loss: &str, s| named("g", loss, s);
    vec![
        (
            "push_far_off",
            Claim::rises([
                g("saturating", low),
                g("in_use", low),
                g("wasserstein", low),
                g("least_squares", low),
            ]),
        ),
        (
            "push_least_squares_turns_back",
            Claim::less(g("least_squares", high), 0.0),
        ),
        (
            "push_hinge_is_wasserstein_for_g",
            Claim::equal(
                1e-12,
                g("hinge", low),
                g("wasserstein", low),
                g("in_use", low),
            ),
        ),
        (
            "push_hinge_rests",
            Claim::equal(
                1e-12,
                named("d", "hinge", low),
                0.0,
                named("d", "wasserstein", low),
            ),
        ),
    ]
}
