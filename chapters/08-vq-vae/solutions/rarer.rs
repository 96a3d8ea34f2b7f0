use crate::checks::Because;

/// A round multiplies a small difference by λ d / ln 2, with d = 1/12.
pub fn rarer() -> (f64, Because) {
    (0.0, Because::RarerIsDearer)
}
