//! A critic between two clouds: clipped, penalised, or normalised. How steep it ends, and what it takes for the distance.

use gradients::plain::{Mlp, real};
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within,
    over_seeds, panels, rng_at,
};
use ndarray::Array2;

use super::super::critics::{
    APART, LAMBDA, WIDTH, WIDTHS, Way, clouds, train,
};
use crate::losses::d_wasserstein;
use crate::metric::wasserstein;

pub const EXPERIMENT: Experiment = Experiment {
    name: "critic",
    cost: Cost::Seconds,
    measure,
    figures: &[("critic", draw)],
    claims,
};

const SEEDS: usize = 3;
const CLIPS: [(&str, f64); 3] =
    [("clip_0.01", 0.01), ("clip_0.1", 0.1), ("clip_1", 1.0)];
const WAYS: [(&str, &str, Way); 5] = [
    (CLIPS[0].0, "clipped at 0.01", Way::Clip(CLIPS[0].1)),
    (CLIPS[1].0, "clipped at 0.1", Way::Clip(CLIPS[1].1)),
    (CLIPS[2].0, "clipped at 1", Way::Clip(CLIPS[2].1)),
    ("penalty", "gradient penalty", Way::Penalty),
    ("spectral", "spectral normalisation", Way::Spectral),
];

fn named(what: &str, way: &str) -> String {
    format!("critic_{what}_{way}")
}

/// The share of weights that lie at the bound.
fn at_the_bound(net: &Mlp<f32>, c: f64) -> f64 {
    let weights = || net.layers.iter().flat_map(|l| l.w.iter());
    let there = weights().filter(|w| w.abs() >= real(c)).count();
    there as f64 / weights().count() as f64
}

/// What the critic says at a place, less what it says in the middle of the fakes.
fn height(net: &Mlp<f32>, x: f64) -> f64 {
    let at = |x| net.output(&Array2::from_elem((1, 1), real(x)))[[0, 0]];
    f64::from(at(x) - at(-APART / 2.0))
}

fn places() -> impl Iterator<Item = f64> {
    (-25..=25).map(|n| 0.1 * f64::from(n))
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(20, 1_000, 4_000);
    for (name, _, way) in WAYS {
        let (mut slopes, mut ratios, mut shares) = (vec![], vec![], vec![]);
        for k in 0..SEEDS {
            let rng = &mut rng_at(lab.seed() + k as u64, 427);
            let net = train(way, steps, rng);
            slopes.push(height(&net, APART / 2.0) / APART);
            let [x_real, x_fake] = clouds(1_000, rng); // [N, 1] each
            let says = [&x_real, &x_fake].map(|x| net.output(x)); // [N, 1]
            let gap = -d_wasserstein(&says[0], &says[1]).0;
            let line = |x: &Array2<f32>| x.column(0).to_owned(); // [N]
            let distance = wasserstein(&line(&x_real), &line(&x_fake));
            ratios.push(f64::from(gap / distance));
            if let Way::Clip(c) = way {
                shares.push(at_the_bound(&net, c));
            }
            if k == 0 {
                let shape = places().map(|x| height(&net, x));
                lab.column(&named("shape", name), shape)?;
            }
        }
        let near = Within::Relative(0.02);
        lab.over_seeds(&named("slope", name), &slopes, near)?;
        lab.over_seeds(&named("ratio", name), &ratios, near)?;
        if !shares.is_empty() {
            lab.over_seeds(&named("share", name), &shares, near)?;
        }
    }
    for (name, c) in CLIPS {
        let most = c.powi(3) * (WIDTHS[1] * WIDTHS[2]) as f64;
        let factor = c * WIDTHS[2] as f64;
        lab.result(&named("most", name), most, Within::Relative(1e-9))?;
        lab.result(&named("factor", name), factor, Within::Relative(1e-9))?;
    }
    lab.column("place", places())?;
    lab.result("critic_steps", steps as f64, Within::Exactly)?;
    lab.result("critic_lambda", LAMBDA, Within::Exactly)?;
    lab.result("critic_wide", WIDTHS[1] as f64, Within::Exactly)?;
    let said = 1.0 + APART / (2.0 * LAMBDA);
    lab.result("critic_penalty_said", said, Within::Exactly)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = |title| {
        Plot::new(title).x("x", Axis::Linear).y("critic", Axis::Linear)
    };
    let bell = |around: f64| {
        let at = move |x: f64| (x - around) / WIDTH;
        (-100..=100)
            .map(|n| 0.025 * f64::from(n))
            .map(move |x| (x, (-at(x).powi(2) / 2.0).exp()))
    };
    let best = [-2.5, 2.5].map(|x| (x, x + APART / 2.0));
    let clouds = plot("the best there is")
        .colour(1)
        .area("real", bell(APART / 2.0))
        .area("fake", bell(-APART / 2.0))
        .colour(0)
        .line("", best);
    let mut all = vec![clouds];
    for (name, title, _) in WAYS {
        let shape = of.curve("place", &named("shape", name))?;
        all.push(plot(title).line("", shape));
    }
    panels(&all, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let of = |what: &str, way: &str| over_seeds(&named(what, way), SEEDS);
    let terms = |all: Vec<String>| all.into_iter().map(Into::into).collect();
    let same = |to: f64| vec![to.into(); SEEDS];
    let shares = CLIPS.map(|(name, _)| of("share", name)).concat();
    vec![
        (
            "critic_clipped_weights_end_at_the_bound",
            Claim::all_above(shares, 0.99),
        ),
        (
            "critic_a_small_bound_is_flat",
            Claim::all_below(of("slope", "clip_0.01"), 0.0011),
        ),
        (
            "critic_a_large_bound_is_steep",
            Claim::all_above(of("slope", "clip_1"), 500.0),
        ),
        (
            "critic_the_bound_makes_the_slope",
            Claim::Rises(terms(
                ["clip_0.01", "clip_0.1", "clip_1"]
                    .map(|way| named("slope", way))
                    .to_vec(),
            )),
        ),
        (
            "critic_penalty_overshoots_as_said",
            Claim::Equal(
                0.002,
                terms(of("slope", "penalty")),
                vec!["critic_penalty_said".into(); SEEDS],
                same(1.0),
            ),
        ),
        (
            "critic_spectral_is_as_steep_as_may_be",
            Claim::Equal(
                0.001,
                terms(of("slope", "spectral")),
                same(1.0),
                terms(of("slope", "penalty")),
            ),
        ),
        (
            "critic_spectral_finds_the_distance",
            Claim::Equal(
                0.001,
                terms(of("ratio", "spectral")),
                same(1.0),
                terms(of("ratio", "penalty")),
            ),
        ),
    ]
}
