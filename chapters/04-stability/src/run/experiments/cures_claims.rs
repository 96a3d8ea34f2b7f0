//! What is said of the cures.

use lab::Claim;

use super::cures::SEEDS;

/// Those that keep all modes of the ring.
const KEEP: [&str; 7] =
    ["r1", "r2", "both", "relativistic", "packing", "deviation", "signs"];

pub fn claims() -> Vec<(&'static str, Claim)> {
    let of =
        |task: &str, case: &str, what: &str| format!("{task}_{case}_{what}");
    let less = |task: &str, what: &str, a: &str, b: &str| {
        let (a, b) = (of(task, a, what), of(task, b, what));
        Claim::less_over_seeds(&a, &b, SEEDS)
    };
    let undecided = |task: &str, what: &str, a: &str, b: &str| {
        let (a, b) = (of(task, a, what), of(task, b, what));
        Claim::undecided(&a, &b, SEEDS)
    };
    let lost = |task: &str, cases: &[&str]| {
        let lost = |case: &&str| of(task, case, "seeds_that_lose");
        cases.iter().map(lost).collect::<Vec<_>>()
    };
    let kept = KEEP
        .iter()
        .flat_map(|case| lab::over_seeds(&of("ring", case, "modes"), SEEDS));
    let others =
        KEEP[..6].iter().map(|case| of("ring", case, "high_quality"));
    let all: Vec<&str> =
        super::cures::CASES.iter().map(|(name, _)| *name).collect();
    vec![
        (
            "alone_it_loses_modes",
            Claim::all_above(lost("ring", &["none"]), 3.5),
        ),
        ("seven_keep_all_8", Claim::all_above(kept, 7.5)),
        (
            "signs_are_sharpest_of_these",
            Claim::all_below(others, of("ring", "signs", "high_quality")),
        ),
        (
            "signs_beat_the_next",
            less("ring", "high_quality", "deviation", "signs"),
        ),
        (
            "other_losses_lose_too",
            Claim::all_above(
                lost("ring", &["saturating", "least_squares", "hinge"]),
                3.5,
            ),
        ),
        ("five_steps_find_fewer", less("ring", "modes", "k", "none")),
        ("a_fast_d_finds_fewer", less("ring", "modes", "ttur", "none")),
        ("five_steps_are_sharp", less("ring", "high_quality", "none", "k")),
        ("a_fast_d_is_sharp", less("ring", "high_quality", "none", "ttur")),
        ("penalties_blur", less("ring", "high_quality", "both", "k")),
        ("spectral_finds_fewer", less("ring", "modes", "spectral", "none")),
        (
            "on_the_grid_none_keeps_all",
            Claim::all_above(lost("grid", &all), 3.5),
        ),
        ("grid_r1_finds_more", less("grid", "modes", "none", "r1")),
        ("grid_r2_finds_more", less("grid", "modes", "none", "r2")),
        ("grid_both_find_more", less("grid", "modes", "none", "both")),
        ("grid_packing_finds_more", less("grid", "modes", "none", "packing")),
        (
            "grid_deviation_finds_more",
            less("grid", "modes", "none", "deviation"),
        ),
        (
            "grid_instance_finds_more",
            less("grid", "modes", "none", "instance"),
        ),
        (
            "grid_pairing_is_not_told",
            undecided("grid", "modes", "none", "relativistic"),
        ),
        (
            "grid_signs_are_not_told",
            undecided("grid", "modes", "none", "signs"),
        ),
        (
            "grid_signs_are_sharper",
            less("grid", "high_quality", "none", "signs"),
        ),
        ("grid_five_steps_find_fewer", less("grid", "modes", "k", "none")),
        (
            "grid_least_squares_is_not_told",
            undecided("grid", "modes", "least_squares", "none"),
        ),
        ("grid_hinge_finds_fewer", less("grid", "modes", "hinge", "none")),
        (
            "grid_saturating_is_not_told",
            undecided("grid", "modes", "saturating", "none"),
        ),
        (
            "the_order_of_penalties_is_not_told",
            undecided("grid", "modes", "r1", "both"),
        ),
    ]
}
