use crate::checks::Because;

pub fn they_meet() -> (f64, Because) {
    (0.0, Because::TheyMeet)
}

/// 2β d = 0.3.
pub fn the_commitment_holds() -> (f64, Because) {
    (0.6, Because::TheCommitmentHolds)
}

/// 0.3 − 0.5 d = 2 d.
pub fn the_steps_divide_out() -> (f64, Because) {
    (0.12, Because::TheStepsDivideOut)
}

pub fn it_runs_away() -> (f64, Because) {
    (f64::INFINITY, Because::ItRunsAway)
}

/// The right words, and the 2 of a square forgotten: 0.1 (0.3 − 0.25 d) = 0.01 d.
pub fn without_the_two() -> (f64, Because) {
    (0.03 / 0.035, Because::TheCodeFollows)
}

/// A number that was tried out, and another reason.
pub fn tried_out() -> (f64, Because) {
    (0.4286, Because::TheCommitmentHolds)
}
