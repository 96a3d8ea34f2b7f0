use crate::checks::Cause;

pub fn diagnose() -> [Cause; 4] {
    [
        Cause::LowBiases,
        Cause::SumForMean,
        Cause::PairsBroken,
        Cause::SignTurned,
    ]
}
