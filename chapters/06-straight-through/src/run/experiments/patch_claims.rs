//! What is said of the five bottlenecks.

use lab::Claim;

use super::patches::{CASES, SEEDS};

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let error = |name: &str| format!("patch_mse_over_variance_{name}");
    let less = |a: &str, b: &str| {
        Claim::less_over_seeds(&error(a), &error(b), SEEDS)
    };
    let undecided =
        |a: &str, b: &str| Claim::undecided(&error(a), &error(b), SEEDS);
    let every = |name: String| lab::over_seeds(&name, SEEDS);
    let below_all = |name| {
        let pairs = CASES.iter().flat_map(|(case, _)| {
            every(error(name)).into_iter().zip(every(error(case)))
        });
        let pairs = pairs.map(|(a, b)| (a.into(), b.into()));
        let (one, all) = pairs.unzip();
        Claim::Less(one, all)
    };
    let table = |name: &str| {
        let table = format!("patch_mse_of_a_table_{name}");
        Claim::less_over_seeds(&table, &error(name), SEEDS)
    };
    let grow = |name: &str| {
        let [start, end] =
            ["start", "end"].map(|at| format!("patch_length_at_{at}_{name}"));
        Claim::less_over_seeds(&start, &end, SEEDS)
    };
    vec![
        ("all_five_miss_it", below_all("lloyd_64")),
        ("half_the_codes_would_do", below_all("lloyd_32")),
        ("told_nothing_is_the_worst", less("gumbel", "without")),
        ("a_mixture_is_behind", less("straight_through", "gumbel")),
        ("and_behind_the_grid", less("fsq", "gumbel")),
        ("turned_or_not", undecided("straight_through", "rotation")),
        ("codebook_or_grid", undecided("straight_through", "fsq")),
        ("turned_beats_the_grid", less("rotation", "fsq")),
        ("a_table_is_better", table("straight_through")),
        ("for_the_rotation_too", table("rotation")),
        ("for_the_grid_too", table("fsq")),
        ("latents_grow", grow("straight_through")),
        ("those_of_the_grid_too", grow("fsq")),
        (
            "the_tanh_slows_them",
            Claim::less_over_seeds(
                "patch_length_at_end_fsq",
                "patch_length_at_end_straight_through",
                SEEDS,
            ),
        ),
        (
            "told_nothing_it_uses_all",
            Claim::all_above(every("patch_codes_used_without".into()), 63.5),
        ),
    ]
}
