use crate::checks::Cause;

pub fn diagnose() -> [Cause; 4] {
    [
        Cause::LatentsDecoded,
        Cause::NoStraightThrough,
        Cause::FarCodebook,
        Cause::NoCommitment,
    ]
}
