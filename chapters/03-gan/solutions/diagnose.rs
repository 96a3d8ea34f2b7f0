use crate::checks::Cause;

pub fn diagnose() -> [Cause; 4] {
    [
        // An ellipse, turned and stretched, which ends on one mode: all that
        // a linear map can make of a round cloud.
        Cause::NoActivation,
        // Losses and D as in the healthy run, and a picture that stays.
        Cause::SlowAverage,
        // The losses of an equilibrium, all samples in one place, and D
        // takes most real examples for fakes: they are not those it sees.
        Cause::Unshuffled,
        // Straight sides, four modes that lie on them, and a D that wins.
        Cause::Walled,
    ]
}
