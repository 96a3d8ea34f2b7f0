//! Exercise 9.8 (§ A digit in ten bytes): whole numbers for the coder.
#![allow(unused_variables, clippy::todo)]

/// Probabilities in units of 2⁻²⁴ that add up to exactly 2²⁴. `[K]`
pub fn in_units(p: &[f64]) -> Vec<u32> {
    todo!(
        "Exercise 9.8 (§ A digit in ten bytes): one unit for every code, \
         its share of the others, rounded down, and what is left over to \
         the largest"
    )
}
