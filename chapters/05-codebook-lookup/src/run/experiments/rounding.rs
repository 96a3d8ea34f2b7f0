//! The expanded distance in f32, ever farther from the origin.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within,
    over_seeds,
};

use super::{exactly, normal, rise, times};
use crate::run::doubt::{SEEN, look};

pub const EXPERIMENT: Experiment = Experiment {
    name: "rounding",
    cost: Cost::Seconds,
    measure,
    figures: &[("rounding", draw)],
    claims,
};

const SEEDS: usize = 5;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let n = lab.by_scale(300, 2000, 20_000);
    let offsets: Vec<f64> = (0..=16)
        .map(|quarter| 10_f64.powf(f64::from(quarter) / 4.0))
        .collect();
    let mut seen = Vec::new();
    for seed in 1..=SEEDS {
        let rng = &mut lab.rng(&format!("rounding-{seed}"));
        let (z, e) = (normal((n, 16), rng), normal((64, 16), rng));
        let at = |offset: &f64| look(&z, &e, *offset as f32);
        let all = offsets.iter().map(at);
        seen.push(all.collect::<anyhow::Result<Vec<[f64; 6]>>>()?);
    }
    for (k, name) in SEEN.into_iter().enumerate() {
        let at = |step: usize| seen.iter().map(move |seen| seen[step][k]);
        for (step, power) in [(4, 10), (8, 100), (12, 1000), (16, 10_000)] {
            let (name, of) = (format!("f32_{name}_{power}"), at(step));
            let of: Vec<f64> = of.collect();
            lab.over_seeds(&name, &of, Within::Absolute(0.1))?;
        }
        let most = |seen: &Vec<[f64; 6]>| {
            seen.iter().map(|seen| seen[k]).fold(0.0, f64::max)
        };
        let most: Vec<f64> = seen.iter().map(most).collect();
        lab.over_seeds(&format!("f32_{name}"), &most, Within::Absolute(0.1))?;
        lab.column(name, seen[0].iter().map(|seen| seen[k]))?;
    }
    lab.column("offset", offsets)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = Plot::new("")
        .x("distance from the origin, per component", Axis::Log)
        .y("share of the latents", Axis::Linear)
        .y_range(-0.02, 1.05)
        .line("in doubt", of.curve("offset", "in_doubt_share")?)
        .line("wrong by the product", of.curve("offset", "wrong_share")?)
        .dashed(
            "wrong after centring",
            of.curve("offset", "wrong_share_centred")?,
        );
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let at = |name: &str, power: usize| format!("f32_{name}_{power}");
    let wrong = [10, 100, 1000, 10_000].map(|power| at("wrong_share", power));
    let [doubt, sure] = [1000, 100].map(|power| at("in_doubt_share", power));
    let far = |power| over_seeds(&at("distortion_ratio", power), SEEDS);
    let none = |name: &str| exactly(name, 0.0, &wrong[3], SEEDS);
    let [used, at_10] =
        ["f32_bound_used", &wrong[0]].map(|name| over_seeds(name, SEEDS));
    vec![
        ("hardly_a_pick_is_wrong_at_10", Claim::all_below(at_10, 0.001)),
        ("farther_out_more_picks_are_wrong", rise(&wrong, SEEDS)),
        ("near_misses_at_1000", Claim::all_below(far(1000), 1.1)),
        ("not_so_near_at_10000", Claim::all_above(far(10_000), 2.0)),
        ("nearest_is_always_right", none("f32_wrong_share_nearest")),
        ("the_bound_is_not_used_up", Claim::all_below(used, 0.1)),
        ("at_1000_all_are_in_doubt", exactly(&doubt, 1.0, &sure, SEEDS)),
        ("doubt_is_dearer_than_error", times(20.0, &wrong[1], &sure, SEEDS)),
        ("centring_cures_it", none("f32_wrong_share_centred")),
    ]
}
