//! What is said of it.

use lab::Claim;

pub fn claims() -> Vec<(&'static str, Claim)> {
    Vec::new()
}
