use crate::checks::Cause::{self, *};

pub fn a_collapse_comes_from_sorted_data() -> [Cause; 4] {
    [Unshuffled, SlowAverage, NoActivation, Walled]
}

pub fn a_cloud_is_a_generator_that_has_no_activation() -> [Cause; 4] {
    [NoActivation, NoActivation, Unshuffled, Walled]
}

pub fn nothing_moves_as_the_fakes_are_the_first() -> [Cause; 4] {
    [NoActivation, FirstFakes, Unshuffled, Walled]
}

pub fn one_place_is_one_batch() -> [Cause; 4] {
    [NoActivation, SlowAverage, OneBatch, Walled]
}

pub fn half_the_modes_are_few_signs() -> [Cause; 4] {
    [NoActivation, SlowAverage, Unshuffled, FewSigns]
}

pub fn an_equilibrium_is_real_scored_twice() -> [Cause; 4] {
    [NoActivation, SlowAverage, RealScoredTwice, Walled]
}

pub fn one_place_is_a_wall() -> [Cause; 4] {
    [Walled, SlowAverage, Unshuffled, NoActivation]
}
