use crate::checks::Because::{self, *};

pub fn only_less_sure() -> (f64, Because) {
    (0.653, OnlyLessSure)
}

pub fn real_weigh_less() -> (f64, Because) {
    (0.608, RealWeighLess)
}

pub fn learns_more_slowly() -> (f64, Because) {
    (0.6, LearnsMoreSlowly)
}

/// The number tried out, and a reason for which D would be flat.
pub fn a_toss_of_a_coin() -> (f64, Because) {
    (0.5, NothingToLearn)
}

/// The reason guessed, and a number for some real examples being left.
pub fn a_reason_without_its_number() -> (f64, Because) {
    (0.565, BelowTheBorder)
}
