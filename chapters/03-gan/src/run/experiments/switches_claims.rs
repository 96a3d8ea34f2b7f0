//! What is said of the switches.

use lab::Claim;

use super::switches::SEEDS;

pub fn claims() -> Vec<(&'static str, Claim)> {
    let of = |case: &str, what: &str| format!("switch_{case}_{what}");
    let less = |what: &str, a: &str, b: &str| {
        Claim::less_over_seeds(&of(a, what), &of(b, what), SEEDS)
    };
    let undecided = |what: &str, a: &str, b: &str| {
        Claim::undecided(&of(a, what), &of(b, what), SEEDS)
    };
    let lost = |case: &str| of(case, "seeds_that_lose");
    vec![
        (
            "three_switches_break_nothing",
            Claim::all_below(
                ["no_penalty", "saturating", "strong_d"].map(lost),
                0.5,
            ),
        ),
        ("without_detach_it_fails", less("modes", "no_detach", "working")),
        (
            "and_what_is_left_is_not_sharp",
            less("high_quality", "no_detach", "working"),
        ),
        ("a_fast_g_loses_in_some", Claim::less(2.5, lost("fast_g"))),
        ("its_mean_is_not_told", undecided("modes", "fast_g", "working")),
        ("d_is_surer", less("d_of_fakes", "starved", "strong_and_free")),
        (
            "saturating_pays_in_quality",
            less("high_quality", "starved", "strong_and_free"),
        ),
        (
            "strong_and_free_fails",
            less("modes", "strong_and_free", "no_penalty"),
        ),
        (
            "the_losses_lose_alike",
            undecided("modes", "starved", "strong_and_free"),
        ),
        ("fast_and_free_fails", less("modes", "fast_and_free", "no_penalty")),
    ]
}
