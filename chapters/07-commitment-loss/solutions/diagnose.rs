use crate::checks::Cause;

pub fn diagnose() -> [Cause; 3] {
    [Cause::DetachedEncoder, Cause::FarStart, Cause::TooLate]
}
