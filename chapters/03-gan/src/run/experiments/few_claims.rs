//! What is said of few images.

use lab::Claim;

use super::few::{DRAWS, SIZES};

pub fn claims() -> Vec<(&'static str, Claim)> {
    let of = |what: &'static str| {
        (0..SIZES.len()).map(move |k| format!("few_{what}_{k}"))
    };
    let off = of("kid").map(|name| format!("{name}_off"));
    vec![
        ("frechet_falls_with_images", Claim::falls(of("frechet"))),
        (
            "few_images_look_far_apart",
            Claim::times(10.0, "few_frechet_5", "few_frechet_0"),
        ),
        ("kid_stays_at_0", Claim::all_below(off, 1.0)),
        (
            "kid_sees_what_is_lost",
            Claim::less_over_seeds("few_kid_2", "few_kid_lacking_2", DRAWS),
        ),
        (
            "few_images_spread_far",
            Claim::times(2.0, "few_kid_lacking_5", "few_kid_0_sd"),
        ),
    ]
}
