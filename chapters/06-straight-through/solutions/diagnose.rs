use crate::checks::Cause;

pub fn diagnose() -> [Cause; 4] {
    [
        Cause::HotMixture,
        Cause::PulledToTheCode,
        Cause::SignTurned,
        Cause::LookupLeftOut,
    ]
}
