use crate::checks::Cause;

pub fn diagnose() -> [Cause; 4] {
    [
        Cause::DotProduct,
        Cause::LargeOffset,
        Cause::OneCluster,
        Cause::ScaledCopy,
    ]
}
