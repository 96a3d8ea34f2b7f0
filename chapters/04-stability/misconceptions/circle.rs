use crate::checks::Because::{self, *};

pub fn any_penalty_settles() -> (f64, Because) {
    (0.0, AnyPenaltySettles)
}

pub fn below_the_border_nothing() -> (f64, Because) {
    (0.4_f64.sqrt(), BelowTheBorderNothing)
}

pub fn below_the_border_it_leaves() -> (f64, Because) {
    (f64::INFINITY, BelowTheBorderItLeaves)
}

pub fn the_circle_is_halved() -> (f64, Because) {
    (0.4_f64.sqrt() / 2.0, TheCircleIsHalved)
}

/// The number by chance, and a reason that gives another one.
pub fn right_for_a_wrong_reason() -> (f64, Because) {
    (0.45, TheCircleIsHalved)
}

/// The reason guessed, and no number that follows from it.
pub fn a_reason_without_its_number() -> (f64, Because) {
    (0.2, TheSquareIsHalved)
}
