//! Exercise 4.1 (§ Which way it turns): the slopes of the field.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array2, array};

/// The Jacobian of the field of the logistic game with R1,
/// `v = [ψ σ(-ψθ), -θ σ(ψθ) - γψ]`, at any θ and ψ: a row for each of its
/// components, a column for each of θ and ψ. `[2, 2]`
pub fn jacobian(theta: f64, psi: f64, gamma: f64) -> Array2<f64> {
    todo!(
        "Exercise 4.1 (§ Which way it turns): four derivatives by the \
         product rule, with σ'(t) = σ(t) σ(-t). At θ = ψ = 0 they are 0 and \
         ½ above, -½ and -γ below"
    )
}
