use crate::checks::Cause;

pub fn diagnose() -> [Cause; 4] {
    [
        Cause::DeadCodes,
        Cause::OnePixelInFour,
        Cause::HeardTooEarly,
        Cause::NoBound,
    ]
}
