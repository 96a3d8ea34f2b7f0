//! What is said of the cures.

use lab::Claim;

use super::course::SEEDS;

pub fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, SEEDS);
    vec![("r1_finds_more", less("cure_none_modes", "cure_r1_modes"))]
}
