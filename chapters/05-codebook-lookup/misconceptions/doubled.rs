use crate::checks::Because;

pub fn half_as_wide() -> (f64, Because) {
    (0.25, Because::HalfAsWide)
}

pub fn they_share_it() -> (f64, Because) {
    (0.5, Because::TheyShareIt)
}

/// Three of four as before, one a quarter.
pub fn one_component_is_cut() -> (f64, Because) {
    (13.0 / 16.0, Because::OneComponentIsCut)
}

pub fn they_are_stuck() -> (f64, Because) {
    (0.9, Because::TheyAreStuck)
}

/// The root, and the square forgotten.
pub fn the_width_alone() -> (f64, Because) {
    (0.5_f64.powf(0.25), Because::TheSideIsARoot)
}

/// A number that was tried out, and another reason.
pub fn tried_out() -> (f64, Because) {
    (0.72, Because::TheyAreStuck)
}
