//! What is said of what was left out.

use lab::Claim;

use super::leave_out::SEEDS;

pub fn claims() -> Vec<(&'static str, Claim)> {
    let of = |case: &str, what: &str| format!("without_{case}_{what}");
    let every =
        |case: &str, what: &str| lab::over_seeds(&of(case, what), SEEDS);
    let less = |case: &str, what: &str| {
        let all = format!("ring_{what}");
        Claim::less_over_seeds(&of(case, what), &all, SEEDS)
    };
    let undecided = |case: &str, what: &str| {
        let all = format!("ring_{what}");
        Claim::undecided(&of(case, what), &all, SEEDS)
    };
    let lost = |case: &str| Claim::less(0.5, of(case, "seeds_that_lose"));
    let quality = "high_quality";
    vec![
        ("signs_do_the_work", less("signs", quality)),
        (
            "bridges_are_long",
            Claim::all_above(every("signs", "farthest_sigma"), 40.0),
        ),
        ("a_long_average_costs_width", less("short_average", "width_ratio")),
        ("steps_that_stay_cost_width", less("cooling", "width_ratio")),
        ("without_penalties_one_is_lost", lost("penalties")),
        ("without_pairing_one_is_lost", lost("pairing")),
        ("penalties_quality_is_not_told", undecided("penalties", quality)),
        ("pairing_quality_is_not_told", undecided("pairing", quality)),
        (
            "the_smallest_keeps_all_8",
            Claim::all_above(every("smallest", "modes"), 7.5),
        ),
        ("the_smallest_is_sharp", Claim::less(0.95, of("smallest", quality))),
        (
            "the_smallest_has_no_strays",
            Claim::all_below(every("smallest", "farthest_sigma"), 6.0),
        ),
        (
            "the_smallest_is_as_wide",
            Claim::less(0.8, of("smallest", "width_ratio")),
        ),
        (
            "the_smallest_is_not_too_wide",
            Claim::less(of("smallest", "width_ratio"), 1.2),
        ),
    ]
}
