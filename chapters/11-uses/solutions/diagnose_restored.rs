use crate::checks::Cause;

pub fn diagnose_restored() -> [Cause; 4] {
    [
        Cause::HiddenAreBlack,
        Cause::OneBeginning,
        Cause::NoLength,
        Cause::NoTranspose,
    ]
}
