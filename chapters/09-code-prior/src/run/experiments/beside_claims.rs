//! What is said of the two systems before one judge.

use lab::Claim;

use super::judging::DRAWS;

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, DRAWS);
    let every = |name: &str| lab::over_seeds(name, DRAWS);
    vec![
        (
            "without_a_prior_it_is_rubble",
            Claim::times(10.0, "prior_sample_frechet", "by_place_frechet"),
        ),
        ("the_gan_is_nearer", less("gan_frechet", "prior_sample_frechet")),
        (
            "not_told_from_decoded_digits",
            Claim::Undecided(
                every("gan_frechet").into_iter().map(Into::into).collect(),
                vec!["reconstruction_frechet".into(); DRAWS],
            ),
        ),
        (
            "decoding_costs_a_little",
            Claim::equal(
                0.5,
                "reconstruction_frechet",
                "real_frechet",
                "prior_sample_frechet",
            ),
        ),
        (
            "the_rest_is_the_priors",
            Claim::Times(
                2.0,
                vec!["reconstruction_frechet".into(); DRAWS],
                every("prior_sample_frechet")
                    .into_iter()
                    .map(Into::into)
                    .collect(),
            ),
        ),
        (
            "the_gan_is_more_precise",
            less("prior_sample_precision", "gan_precision"),
        ),
        (
            "the_gan_is_surer",
            less("prior_sample_confident_share", "gan_confident_share"),
        ),
        ("the_prior_covers_more", less("gan_recall", "prior_sample_recall")),
        (
            "both_cover_more_than_digits",
            Claim::all_above(
                [every("gan_recall"), every("prior_sample_recall")].concat(),
                "real_recall",
            ),
        ),
        (
            "decoding_blurs",
            Claim::all_below(
                ["reconstruction_sharpness", "prior_sample_sharpness"],
                0.95,
            ),
        ),
    ]
}
