//! What is said of the digits.

use lab::Claim;

use super::digits::SEEDS;

pub fn claims() -> Vec<(&'static str, Claim)> {
    let every =
        |what: &str| lab::over_seeds(&format!("digits_{what}"), SEEDS);
    vec![
        (
            "digits_are_near",
            Claim::all_below(every("frechet_over_floor"), 1.25),
        ),
        ("digits_are_sure", Claim::all_above(every("confident_share"), 0.82)),
    ]
}
