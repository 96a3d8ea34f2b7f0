//! What is said of the digits' recipe.

use lab::Claim;

use super::digits_recipe::SEEDS;

pub fn claims() -> Vec<(&'static str, Claim)> {
    let of = |case: &str| format!("short_{case}_frechet");
    let last = |case: &str| format!("short_{case}_last_frechet");
    let less = |a: String, b: String| Claim::less_over_seeds(&a, &b, SEEDS);
    let every = |case: &str| {
        let all = lab::over_seeds(&of(case), SEEDS);
        all.into_iter().map(Into::into).collect()
    };
    vec![
        ("size_matters", less(of("recipe"), of("small"))),
        ("and_more_than_r1", less(of("no_r1"), of("small"))),
        ("r1_matters", less(of("recipe"), of("no_r1"))),
        ("r2_would_help", less(of("r2"), of("recipe"))),
        ("pairing_would_help", less(of("paired"), of("recipe"))),
        (
            "momentum_is_not_told",
            Claim::undecided(&of("momentum"), &of("recipe"), SEEDS),
        ),
        ("momentum_helps_the_last", less(last("momentum"), last("recipe"))),
        (
            "falling_steps_cost",
            Claim::Times(2.0, every("no_cooling"), every("recipe")),
        ),
        ("the_average_is_ahead", less(of("recipe"), last("recipe"))),
        (
            "average_ahead_in_motion",
            less(of("no_cooling"), last("no_cooling")),
        ),
    ]
}
