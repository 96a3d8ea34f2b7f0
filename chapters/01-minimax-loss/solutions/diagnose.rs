use crate::checks::Cause;

pub fn diagnose() -> [Cause; 4] {
    [
        // It comes nearer, but hardly. D knows the fakes, and its gradient
        // is shorter still than that of the saturating loss.
        Cause::TwoSigmoids,
        // It jumps from side to side, with a gradient as long as no mean
        // of slopes can be.
        Cause::Summed,
        // It goes away though D is right about both: it is pushed to where
        // it is caught, the less the surer D is.
        Cause::SameLoss,
        // It goes past the data, and D at real examples stands still.
        Cause::Stopped,
    ]
}
