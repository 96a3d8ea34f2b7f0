use crate::checks::Because::{self, *};

pub fn the_rule_keeps_the_size() -> (f64, Because) {
    (1.0, TheRuleKeepsTheSize)
}

pub fn the_size_doubles() -> (f64, Because) {
    (2.0_f64.powi(20), TheSizeDoubles)
}

pub fn twenty_are_one() -> (f64, Because) {
    (2.0_f64.sqrt(), TwentyAreOne)
}

pub fn signs_cancel() -> (f64, Because) {
    (2.0_f64.powi(-10), SignsCancel)
}

/// The number looked up, and a reason that gives another one.
pub fn right_for_a_wrong_reason() -> (f64, Because) {
    (1024.0, TheSizeDoubles)
}

/// The reason, and twenty doublings of the size.
pub fn a_reason_without_its_number() -> (f64, Because) {
    (2.0_f64.powi(20), TheSquareDoubles)
}
