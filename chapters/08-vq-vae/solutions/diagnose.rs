use crate::checks::Cause;

pub fn diagnose() -> [Cause; 4] {
    [
        Cause::NoSkip,
        Cause::UnscaledPixels,
        Cause::LatentsDecoded,
        Cause::PatchesTurned,
    ]
}
