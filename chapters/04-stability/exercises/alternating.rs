//! Exercise 4.2 (§ Both at once, or in turn): one step, in turn.
#![allow(unused_variables, unused_imports, clippy::todo)]

/// One alternating step of size η in the linear game with R1: the
/// discriminator descends `ψθ + γψ²/2`, then the generator `-ψθ`. Returns
/// the new `[θ, ψ]`.
pub fn alternating(theta: f64, psi: f64, eta: f64, gamma: f64) -> [f64; 2] {
    todo!(
        "Exercise 4.2 (§ Both at once, or in turn): move ψ first, downhill \
         on its own loss; then θ. Which ψ does the generator see?"
    )
}
