//! Exercise 1.4 (§ What the best discriminator measures): the divergence.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// Jensen and Shannon's divergence of two tables, in nats. It must be finite
/// and right where one of them is 0.
pub fn jsd(p: &Array1<f64>, q: &Array1<f64>) -> f64 {
    todo!(
        "Exercise 1.4 (§ What the best discriminator measures): the average \
         of two Kullback-Leibler divergences from the midpoint; a cell \
         without mass adds nothing"
    )
}
