use stability::causes::Cause::{self, *};

/// "D gives one half everywhere, so it does not move."
pub fn one_half_is_a_frozen_d() -> [Cause; 4] {
    [FrozenDiscriminator, NoDetach, FrozenDiscriminator, FastGenerator]
}

/// "The gradient fades, so nothing is left for G to move by."
pub fn a_small_gradient_is_a_frozen_g() -> [Cause; 4] {
    [FrozenGenerator, NoDetach, FrozenDiscriminator, FastGenerator]
}

/// "Modes come and go, so the pair circles by momentum."
pub fn modes_that_come_and_go_are_momentum() -> [Cause; 4] {
    [StrongPenalty, Momentum, FrozenDiscriminator, FastGenerator]
}

/// "Never sharp: it has seen too few rows of noise."
pub fn never_sharp_is_noise_once() -> [Cause; 4] {
    [StrongPenalty, NoiseOnce, FrozenDiscriminator, FastGenerator]
}

/// "G's loss is 0: G has won, it is too fast."
pub fn a_loss_of_nothing_is_a_fast_g() -> [Cause; 4] {
    [StrongPenalty, NoDetach, FastGenerator, FastGenerator]
}

/// "D's loss grows beyond all bounds: the steps are too long."
pub fn a_loss_that_grows_is_long_steps() -> [Cause; 4] {
    [StrongPenalty, NoDetach, LongSteps, FastGenerator]
}

/// "It jumps, so it is momentum."
pub fn jumps_are_momentum() -> [Cause; 4] {
    [StrongPenalty, NoDetach, FrozenDiscriminator, Momentum]
}

/// "It jumps, so both steps are too long."
pub fn jumps_are_long_steps() -> [Cause; 4] {
    [StrongPenalty, NoDetach, FrozenDiscriminator, LongSteps]
}
