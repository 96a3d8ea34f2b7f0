use crate::checks::Because::{self, *};

pub fn the_line_is_flat() -> (f64, Because) {
    (f64::INFINITY, TheLineIsFlat)
}

pub fn the_tail_is_thin() -> (f64, Because) {
    (100_000.0, TheTailIsThin)
}

pub fn twice_the_way() -> (f64, Because) {
    (130.0, TwiceTheWay)
}

pub fn the_end_takes_all() -> (f64, Because) {
    (65.0, TheEndTakesAll)
}

/// The number looked up, and a reason that gives another one.
pub fn right_for_a_wrong_reason() -> (f64, Because) {
    (78.0, TwiceTheWay)
}

/// The reason guessed, and no number that follows from it.
pub fn a_reason_without_its_number() -> (f64, Because) {
    (33.0, TheSlopeGrows)
}
