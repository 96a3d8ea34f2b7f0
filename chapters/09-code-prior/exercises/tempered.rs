//! Exercise 9.6 (§ Drawing): hotter and colder.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::Array1;

/// The probabilities `[K]` of logits `[K]` at a temperature above 0.
pub fn tempered(logits: &Array1<f64>, temperature: f64) -> Array1<f64> {
    todo!(
        "Exercise 9.6 (§ Drawing): at a low temperature the likeliest code \
         has nearly everything; logits may be as large as 1000"
    )
}
