//! Exercise 1.4 (§ What the best discriminator measures): a weighted one.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// Jensen and Shannon's divergence with weights, in nats: `share` for p and
/// 1 - `share` for q, both in what lies between them, m = share p +
/// (1 - share) q, and in the mean of the two Kullback-Leibler divergences
/// from m. At a half it is equation 1.5. Finite where a table is 0.
pub fn jsd(p: &Array1<f64>, q: &Array1<f64>, share: f64) -> f64 {
    todo!(
        "Exercise 1.4 (§ What the best discriminator measures): m first, \
         then the weighted sum of KL(p || m) and KL(q || m); a cell without \
         mass adds nothing"
    )
}
