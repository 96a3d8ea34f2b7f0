//! Exercise 5.1 (§ The nearest vector): the definition.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// For each latent, a row of z `[N, C]`, the row of the codebook `[K, C]`
/// that is nearest; the lowest of them when several are equally near.
pub fn nearest(z: &Array2<f64>, codebook: &Array2<f64>) -> Vec<usize> {
    todo!(
        "Exercise 5.1 (§ The nearest vector): two loops and a running \
         smallest distance. When does a later vector replace an earlier one?"
    )
}
