//! Exercise 9.7 (§ Nothing twice): one place, with what is kept.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2};

/// What one head gives at the newest place: `query`, `key` and `value` `[D]`
/// are its own, `keys` and `values` `[n, D]` are those of the n places before
/// it; n may be 0. Scores may be in the thousands. `[D]`
pub fn one_query(
    query: &Array1<f64>,
    key: &Array1<f64>,
    value: &Array1<f64>,
    keys: &Array2<f64>,
    values: &Array2<f64>,
) -> Array1<f64> {
    todo!(
        "Exercise 9.7 (§ Nothing twice): the last row of a full attention, \
         and of that row everything: a place looks at itself as well"
    )
}
