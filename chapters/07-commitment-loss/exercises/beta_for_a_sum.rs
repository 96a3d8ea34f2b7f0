//! Exercise 7.4 (§ Mean or sum): the factor that hides in a reduction.
#![allow(unused_variables, unused_imports, clippy::todo)]

/// Somebody found a good beta with the mean over all N·C elements. The
/// beta that trains the encoder alike when the terms are summed over the C
/// components and averaged over the N latents.
pub fn beta_for_a_sum(beta: f64, n: usize, c: usize) -> f64 {
    todo!(
        "Exercise 7.4 (§ Mean or sum): write the factor before the sum of \
         squares in both cases; their product with beta must be equal"
    )
}
