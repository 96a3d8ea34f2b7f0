//! What is said of the digits.

use lab::Claim;

pub fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "averages_beat_the_data",
        Claim::less("parzen_digits", "parzen_centres"),
    )]
}
