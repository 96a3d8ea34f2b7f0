use stability::causes::Cause;

pub fn diagnose() -> [Cause; 4] {
    [
        Cause::StrongPenalty,
        Cause::NoDetach,
        Cause::FrozenDiscriminator,
        Cause::FastGenerator,
    ]
}
