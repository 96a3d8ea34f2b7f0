//! Exercise 2.5 (§ A discriminator on real digits): count right answers.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// How often a discriminator with these *logits* is right, if real inputs
/// and fakes are equally frequent, as in (2.3); the two batches need not be
/// of one size. It says "real" where its probability is above 1/2.
pub fn balanced_accuracy(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    todo!(
        "Exercise 2.5 (§ A discriminator on real digits): which logit has \
         the probability 1/2? And what does a batch say that is nine times \
         as large as the other?"
    )
}
