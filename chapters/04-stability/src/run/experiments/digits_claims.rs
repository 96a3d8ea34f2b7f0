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
        ("digits_are_sure", Claim::all_above(every("confident_share"), 0.84)),
        (
            "narrow_noise_is_surer",
            Claim::less_over_seeds(
                "digits_confident_share",
                "digits_narrow_confident_share",
                SEEDS,
            ),
        ),
        (
            "narrow_noise_is_farther",
            Claim::less_over_seeds(
                "digits_frechet_over_floor",
                "digits_narrow_frechet_over_floor",
                SEEDS,
            ),
        ),
        (
            "narrow_noise_has_less_recall",
            Claim::less_over_seeds(
                "digits_narrow_recall",
                "digits_recall",
                SEEDS,
            ),
        ),
    ]
}
