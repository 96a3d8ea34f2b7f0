use crate::checks::Cause;

pub fn diagnose() -> [Cause; 4] {
    [
        // Low on the batches, high on fresh examples, and right more often
        // than not: it knows one batch by heart.
        Cause::OneBatch,
        // The loss lies above 1 and hardly moves, and it is as right as can
        // be: no logit below 0 or above 1.
        Cause::TwoSigmoids,
        // Right more often than any function of x could be: the fakes moved.
        Cause::NotDetached,
        // The loss is the best there is, and it is wrong more often than not.
        Cause::TargetsSwapped,
    ]
}
