//! Exercise 3.3 (§ Eight modes on a ring): read the log.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array2;

/// How many modes a generator has lost, by PacGAN's measure: those without
/// a single high-quality sample. `samples` is `[N, X]`, `means` is `[M, X]`,
/// `sigma` is the standard deviation of every mode; `d_loss` is the
/// discriminator's loss in the same line of the log.
pub fn lost_modes(
    samples: &Array2<f64>,
    means: &Array2<f64>,
    sigma: f64,
    d_loss: f64,
) -> usize {
    todo!(
        "Exercise 3.3 (§ Eight modes on a ring): a sample belongs to its \
         nearest mode, and counts if that is near enough. Not everything in \
         the log helps"
    )
}
