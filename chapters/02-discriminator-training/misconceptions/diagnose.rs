use crate::checks::Cause::{self, *};

pub fn a_loss_of_nothing_is_not_detached() -> [Cause; 4] {
    [NotDetached, TwoSigmoids, OneBatch, TargetsSwapped]
}

pub fn a_fresh_loss_that_grows_is_long_steps() -> [Cause; 4] {
    [LongSteps, TwoSigmoids, NotDetached, TargetsSwapped]
}

pub fn a_loss_that_stays_is_real_scored_twice() -> [Cause; 4] {
    [OneBatch, RealScoredTwice, NotDetached, TargetsSwapped]
}

pub fn a_sure_d_is_two_sigmoids() -> [Cause; 4] {
    [OneBatch, TwoSigmoids, TwoSigmoids, TargetsSwapped]
}

pub fn too_good_is_one_batch() -> [Cause; 4] {
    [OneBatch, TwoSigmoids, OneBatch, TargetsSwapped]
}

pub fn never_right_is_real_scored_twice() -> [Cause; 4] {
    [OneBatch, TwoSigmoids, NotDetached, RealScoredTwice]
}

pub fn never_right_is_long_steps() -> [Cause; 4] {
    [OneBatch, TwoSigmoids, NotDetached, LongSteps]
}
