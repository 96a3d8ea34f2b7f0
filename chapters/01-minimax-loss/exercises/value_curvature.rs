//! Exercise 1.5 (§ The best discriminator): how the value bends.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The second derivative of the value at each logit s of a tabular
/// discriminator, for tables p and q, all `[N]`; right at ±1,000 too.
pub fn value_curvature(
    p: &Array1<f64>,
    q: &Array1<f64>,
    s: &Array1<f64>,
) -> Array1<f64> {
    todo!(
        "Exercise 1.5 (§ The best discriminator): equation 1.4 is the first \
         derivative; what is the derivative of σ(s)? V is largest at the \
         best discriminator: which sign must come out?"
    )
}
