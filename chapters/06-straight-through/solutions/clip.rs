use crate::checks::Because;

/// 0.8 (1 − w) = 1 w, and the loss is 0.32 (1 − w) + 0.72 w.
pub fn clip() -> (f64, Because) {
    let w = 0.8 / 1.8;
    (0.32 * (1.0 - w) + 0.72 * w, Because::TheWayBackIsShorter)
}
