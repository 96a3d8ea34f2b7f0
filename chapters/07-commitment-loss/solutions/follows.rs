use crate::checks::Because;

/// 0.1 (0.3 − 0.5 d) = 0.01 · 2 d.
pub fn follows() -> (f64, Because) {
    (3.0 / 7.0, Because::TheCodeFollows)
}
