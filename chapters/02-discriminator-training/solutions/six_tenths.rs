use crate::checks::Because;

pub fn six_tenths() -> (f64, Because) {
    // p / (p + q) is 0.75 at most on this line, so D is 0.6 of that, 0.45,
    // and says "fake" to everything: right about every fake and no other.
    (0.5, Because::BelowTheBorder)
}
