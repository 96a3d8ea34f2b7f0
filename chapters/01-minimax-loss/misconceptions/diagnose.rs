use crate::checks::Cause::{self, *};

/// "It hardly moves: the loss saturates."
pub fn hardly_moves_is_saturating() -> [Cause; 4] {
    [Saturating, Summed, SameLoss, Stopped]
}

/// "It jumps: the steps are too long."
pub fn jumps_are_long_steps() -> [Cause; 4] {
    [TwoSigmoids, LongSteps, SameLoss, Stopped]
}

/// "It goes the wrong way: the sign is wrong."
pub fn away_is_the_wrong_sign() -> [Cause; 4] {
    [TwoSigmoids, Summed, WrongSign, Stopped]
}

/// "It goes the wrong way: D tells it the wrong thing."
pub fn away_is_targets_swapped() -> [Cause; 4] {
    [TwoSigmoids, Summed, TargetsSwapped, Stopped]
}

/// "D calls the fakes real: its targets are swapped."
pub fn fooled_is_targets_swapped() -> [Cause; 4] {
    [TwoSigmoids, Summed, SameLoss, TargetsSwapped]
}

/// "It went past the data: its steps are too long."
pub fn past_the_data_is_long_steps() -> [Cause; 4] {
    [TwoSigmoids, Summed, SameLoss, LongSteps]
}

/// "D does not learn any more, so it was stopped."
pub fn a_sure_d_was_stopped() -> [Cause; 4] {
    [TwoSigmoids, Summed, Stopped, SameLoss]
}
