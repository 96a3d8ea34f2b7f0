//! What is said of the cures.

use lab::Claim;

use super::course::SEEDS;

pub fn claims() -> Vec<(&'static str, Claim)> {
    let of = |case: &str, what: &str| format!("cure_{case}_{what}");
    let less = |what: &str, a: &str, b: &str| {
        Claim::less_over_seeds(&of(a, what), &of(b, what), SEEDS)
    };
    let undecided = |what: &str, a: &str, b: &str| {
        Claim::undecided(&of(a, what), &of(b, what), SEEDS)
    };
    let every = |case: &str, what: &str| {
        lab::over_seeds(&of(case, what), SEEDS).into_iter()
    };
    let all = |what: &'static str| {
        let cases = ["none", "saturating", "k", "packing", "relativistic"];
        let cases = cases.into_iter().chain(["r1", "all"]);
        cases.map(move |case| of(case, what)).collect::<Vec<_>>()
    };
    let whole = |what: &str| {
        let of_losses = every("none", what).chain(every("saturating", what));
        of_losses.collect::<Vec<_>>()
    };
    let last: Vec<String> = all("last_all_from")
        .iter()
        .flat_map(|name| lab::over_seeds(name, SEEDS))
        .collect();
    let others: Vec<String> =
        all("early").into_iter().filter(|n| !n.contains("_k_")).collect();
    let lost = |case: &str| of(case, "seeds_that_lose");
    vec![
        ("alone_it_has_few", Claim::all_below(every("none", "early"), 5.5)),
        ("five_keep_all_sooner", less("all_from", "k", "none")),
        ("packing_keeps_all_sooner", less("all_from", "packing", "none")),
        ("together_they_keep_all_sooner", less("all_from", "all", "none")),
        (
            "pairing_alone_is_not_told",
            undecided("all_from", "relativistic", "none"),
        ),
        ("r1_alone_is_not_told", undecided("all_from", "r1", "none")),
        ("five_are_ahead_early", Claim::all_below(others, of("k", "early"))),
        ("ahead_of_packing_too", less("early", "packing", "k")),
        ("five_are_sharper", less("high_quality", "relativistic", "k")),
        ("five_lose_modes_too", Claim::less(0.5, lost("k"))),
        (
            "packing_and_r1_lose_none",
            Claim::all_below([lost("packing"), lost("r1")], 0.5),
        ),
        ("packing_finds_more", less("modes", "none", "packing")),
        ("r1_finds_more", less("modes", "none", "r1")),
        ("saturating_ends_with_more", less("modes", "none", "saturating")),
        (
            "saturating_keeps_all_sooner",
            less("all_from", "saturating", "none"),
        ),
        (
            "early_the_losses_are_alike",
            undecided("early", "none", "saturating"),
        ),
        (
            "last_ones_are_alike",
            undecided("last_modes", "none", "saturating"),
        ),
        (
            "never_sure_of_the_fakes",
            Claim::all_above(whole("least_d_of_fakes"), 0.1),
        ),
        (
            "pairing_shows_in_the_last",
            less("last_modes", "none", "relativistic"),
        ),
        ("no_last_one_settles", Claim::all_above(last, 2500.0)),
        ("none_is_sharp", Claim::all_below(all("high_quality"), 0.6)),
    ]
}
