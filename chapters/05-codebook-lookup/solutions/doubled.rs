use crate::checks::Because;

/// Half the volume: a width of the fourth root of 1/2, and its square.
pub fn doubled() -> (f64, Because) {
    (0.5_f64.powf(2.0 / 4.0), Because::TheSideIsARoot)
}
