//! What is said of the digits' short runs.

use lab::Claim;

use super::digits_cures::SEEDS;

pub fn claims() -> Vec<(&'static str, Claim)> {
    let of = |case: &str| format!("short_{case}_over_floor");
    let less =
        |a: &str, b: &str| Claim::less_over_seeds(&of(a), &of(b), SEEDS);
    vec![
        ("short_r1_matters", less("recipe", "no_penalty")),
        ("short_packing_costs", less("recipe", "packing")),
        ("short_spectral_is_behind", less("recipe", "spectral")),
        ("short_pairing_helps", less("pairing", "recipe")),
        ("short_hinge_helps", less("hinge", "recipe")),
        ("short_both_cost", less("recipe", "both")),
        ("short_least_squares_is_behind", less("recipe", "least_squares")),
        ("short_slow_g_is_behind", less("recipe", "ttur")),
        (
            "short_r2_is_not_told",
            Claim::undecided(&of("r2"), &of("recipe"), SEEDS),
        ),
        (
            "short_deviation_is_not_told",
            Claim::undecided(&of("no_deviation"), &of("recipe"), SEEDS),
        ),
    ]
}
