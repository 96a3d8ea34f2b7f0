//! Exercise 1.3 (§ The best discriminator): when fakes are rarer.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// On the page real examples and fakes are equally many. Here a `share` of
/// all that the discriminator sees is real, strictly between 0 and 1, and
/// the others are fakes. Its best probability in each cell of two tables p
/// and q, which sum to 1. Where both are 0, say `share`.
pub fn optimal_d(
    p: &Array1<f64>,
    q: &Array1<f64>,
    share: f64,
) -> Array1<f64> {
    todo!(
        "Exercise 1.3 (§ The best discriminator): for one cell, maximise \
         share p log d + (1 - share) q log(1 - d) over d"
    )
}
