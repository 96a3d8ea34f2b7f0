//! What is said of the switches.

use lab::Claim;

use super::switches::SEEDS;

pub fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, SEEDS);
    let good = |name: &str| format!("switch_{name}_high_quality");
    vec![(
        "without_detach_it_fails",
        less(&good("no_detach"), &good("working")),
    )]
}
