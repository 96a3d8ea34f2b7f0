//! How near power iteration is to the spectral norm: from the start, and behind a weight that moves.

use gan::{digits, training::Noise};
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within,
    over_seeds, panels, rng_at,
};
use nalgebra::DMatrix;
use ndarray::Array2;
use ndarray_rand::{RandomExt, rand::Rng, rand_distr::Normal};

use crate::spectral::{power_step, sigma, start};

pub const EXPERIMENT: Experiment = Experiment {
    name: "spectral",
    cost: Cost::Seconds,
    measure,
    figures: &[("spectral", draw)],
    claims,
};

const SEEDS: usize = 3;
const AFTER: [usize; 8] = [1, 2, 5, 10, 20, 50, 100, 200];
/// Of chapter 3's discriminator. Its third has one column: a step is exact.
const LAYERS: [&str; 2] = ["first", "second"];
/// The error is looked at after these shares of the moves: 1/50, 1/10 and so on.
const SHARES: [usize; 5] = [50, 10, 5, 2, 1];

/// A layer of chapter 3's discriminator, before any training. `[I, O]`
fn weight(lab: &Lab, layer: usize, seed: u64) -> Array2<f64> {
    let widths = digits::widths(lab);
    let (_, d) = digits::networks(Noise::normal(64), seed, widths);
    d.layers[layer].w.mapv(f64::from)
}

fn named(what: &str, layer: &str) -> String {
    format!("spectral_{what}_{layer}")
}

/// All singular values, by falling size.
fn singular_values(w: &Array2<f64>) -> Vec<f64> {
    let entries = w.iter().copied();
    let m = DMatrix::from_row_iterator(w.nrows(), w.ncols(), entries);
    let mut all: Vec<f64> = m.singular_values().iter().copied().collect();
    all.sort_by(|a, b| b.total_cmp(a));
    all
}

/// By how much the estimate falls short after each of the numbers of steps.
fn from_the_start(
    w: &Array2<f64>,
    norm: f64,
    rng: &mut impl Rng,
) -> Vec<f64> {
    let mut u = start(w.nrows(), rng); // [I]
    let last = AFTER[AFTER.len() - 1];
    let all = (1..=last).map(|_| {
        let (next, v) = power_step(w, &u); // [I], [O]
        u = next;
        1.0 - sigma(w, &u, &v) / norm
    });
    let all: Vec<f64> = all.collect();
    AFTER.map(|steps| all[steps - 1]).to_vec()
}

/// The weight moves, and one step of power iteration follows each move: from the u that was kept, and from a new one.
fn follow(
    mut w: Array2<f64>,
    (moves, eta): (usize, f64),
    rng: &mut impl Rng,
) -> anyhow::Result<[Vec<f64>; 2]> {
    let noise = Normal::new(0.0, eta)?;
    let mut kept = start(w.nrows(), rng); // [I]
    let mut errors = [vec![], vec![]];
    for t in 1..=moves {
        w += &Array2::random_using(w.dim(), noise, rng); // [I, O]
        let (u, v) = power_step(&w, &kept); // [I], [O]
        kept = u;
        if SHARES.iter().any(|share| moves / share == t) {
            let norm = singular_values(&w)[0];
            let (new, of_new) = power_step(&w, &start(w.nrows(), rng));
            errors[0].push(1.0 - sigma(&w, &kept, &v) / norm);
            errors[1].push(1.0 - sigma(&w, &new, &of_new) / norm);
        }
    }
    Ok(errors)
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let eta = digits::recipe(1).d.lr;
    let moves = lab.by_scale(50, 500, 2_000);
    let close = Within::Absolute(1e-9);
    let mut worst = 0.0_f64;
    for (n, layer) in LAYERS.into_iter().enumerate() {
        let (mut cold, mut ratios) = (vec![], vec![]);
        let (mut kept, mut new) = (vec![], vec![]);
        for k in 0..SEEDS {
            let seed = lab.seed() + k as u64;
            let w = weight(lab, n, seed); // [I, O]
            let rng = &mut rng_at(seed, n as u64);
            let all = singular_values(&w);
            ratios.push(all[1] / all[0]);
            cold.push(from_the_start(&w, all[0], rng));
            let [of_kept, of_new] = follow(w, (moves, eta), rng)?;
            worst = worst.max(of_kept[SHARES.len() - 1]);
            kept.push(of_kept);
            new.push(of_new);
        }
        let at = |runs: &[Vec<f64>], n: usize| -> Vec<f64> {
            runs.iter().map(|run| run[n]).collect()
        };
        lab.over_seeds(&named("ratio", layer), &ratios, close)?;
        for (n, steps) in AFTER.into_iter().enumerate() {
            let name = named(&format!("err_{steps}"), layer);
            lab.over_seeds(&name, &at(&cold, n), close)?;
        }
        for (what, runs) in [("cold", cold), ("kept", kept), ("new", new)] {
            let end = at(&runs, runs[0].len() - 1);
            if what != "cold" {
                lab.over_seeds(&named(what, layer), &end, close)?;
            }
            let mean = |n| at(&runs, n).iter().sum::<f64>() / SEEDS as f64;
            let means: Vec<f64> = (0..runs[0].len()).map(mean).collect();
            lab.column(&format!("{what}_{layer}"), means)?;
        }
    }
    lab.column("after", AFTER.map(|steps| steps as f64))?;
    let at = SHARES.map(|share| (moves / share) as f64);
    lab.column("move", at)?;
    lab.result("spectral_norm_max_rel_err", worst, close)?;
    lab.result("spectral_moves", moves as f64, Within::Exactly)?;
    lab.result("spectral_eta", eta, Within::Exactly)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let start = Plot::new("from a new u")
        .x("steps", Axis::Log)
        .y("relative error of the norm", Axis::Log)
        .line("first layer", of.curve("after", "cold_first")?)
        .line("second layer", of.curve("after", "cold_second")?);
    let follow = Plot::new("a step after each move")
        .x("moves of the weight", Axis::Log)
        .y("relative error of the norm", Axis::Log)
        .line("first, u kept", of.curve("move", "kept_first")?)
        .line("second, u kept", of.curve("move", "kept_second")?)
        .colour(0)
        .dashed("first, u new", of.curve("move", "new_first")?)
        .dashed("second, u new", of.curve("move", "new_second")?);
    panels(&[start, follow], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let of = |what: &str| -> Vec<String> {
        let named = |layer| over_seeds(&named(what, layer), SEEDS);
        LAYERS.map(named).concat()
    };
    let terms = |all: Vec<String>| all.into_iter().map(Into::into).collect();
    let after = |steps: &usize| of(&format!("err_{steps}"));
    let fewer = AFTER[..AFTER.len() - 1].iter().flat_map(after).collect();
    let more = AFTER[1..].iter().flat_map(after).collect();
    vec![
        (
            "spectral_more_steps_nearer",
            Claim::Less(terms(more), terms(fewer)),
        ),
        ("spectral_one_step_is_far", Claim::all_above(after(&1), 0.2)),
        ("spectral_ten_are_near", Claim::all_below(after(&10), 0.1)),
        ("spectral_a_close_second", Claim::all_above(of("ratio"), 0.97)),
        (
            "spectral_following_is_near",
            Claim::less("spectral_norm_max_rel_err", 0.01),
        ),
        (
            "spectral_kept_beats_new",
            Claim::Times(50.0, terms(of("kept")), terms(of("new"))),
        ),
    ]
}
