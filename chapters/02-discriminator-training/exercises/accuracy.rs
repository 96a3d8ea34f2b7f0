//! Exercise 2.5 (§ A discriminator on real digits): count right answers.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// The share of all rows, real and fake, that a discriminator with these
/// *logits* names rightly.
pub fn accuracy(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    todo!(
        "Exercise 2.5 (§ A discriminator on real digits): D says real when \
         its probability is above 1/2; which logit is that?"
    )
}
