use crate::checks::Because;

pub fn a_step_is_a_step() -> (f64, Because) {
    (0.48, Because::AStepIsAStep)
}

pub fn the_mean_code_is_the_aim() -> (f64, Because) {
    (0.48, Because::TheMeanCodeIsTheAim)
}

/// 0.8 (1 − w) = 1.2 w, and of the losses the worse one is cut like its gradient.
pub fn the_worse_code_says_less() -> (f64, Because) {
    (0.432, Because::TheWorseCodeSaysLess)
}

pub fn both_equally_often() -> (f64, Because) {
    (0.52, Because::BothEquallyOften)
}

/// A number that was tried out, and another reason.
pub fn tried_out() -> (f64, Because) {
    (0.4978, Because::BothEquallyOften)
}

/// The right reason, and the gradients themselves for the shares.
pub fn shares_upside_down() -> (f64, Because) {
    let w = 1.0 / 1.8;
    (0.32 * (1.0 - w) + 0.72 * w, Because::TheWayBackIsShorter)
}
