use crate::checks::Cause::{self, *};

/// "No gradient gets through: the weights are 0."
pub fn no_gradient_is_a_zero_start() -> [Cause; 4] {
    [ZeroStart, SumForMean, PairsBroken, SignTurned]
}

/// "The loss stays where it is: the steps are too short."
pub fn a_loss_that_stays_is_short_steps() -> [Cause; 4] {
    [ShortSteps, SumForMean, PairsBroken, SignTurned]
}

/// "The loss jumps: the steps are too long." They are; but why?
pub fn jumps_are_long_steps() -> [Cause; 4] {
    [LowBiases, LongSteps, PairsBroken, SignTurned]
}

/// "Large gradients come of large weights."
pub fn large_gradients_are_a_wide_start() -> [Cause; 4] {
    [LowBiases, WideStart, PairsBroken, SignTurned]
}

/// "It learns nothing: the weights are 0."
pub fn guessing_is_a_zero_start() -> [Cause; 4] {
    [LowBiases, SumForMean, ZeroStart, SignTurned]
}

/// "It learns so slowly that nothing is seen."
pub fn guessing_is_short_steps() -> [Cause; 4] {
    [LowBiases, SumForMean, ShortSteps, SignTurned]
}

/// "First it learns and then it gets worse: it learns a batch by heart."
pub fn a_loss_that_rises_is_one_batch() -> [Cause; 4] {
    [LowBiases, SumForMean, PairsBroken, OneBatch]
}

/// "It is thrown out of the valley."
pub fn a_loss_that_rises_is_long_steps() -> [Cause; 4] {
    [LowBiases, SumForMean, PairsBroken, LongSteps]
}
