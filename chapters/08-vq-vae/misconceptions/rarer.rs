use crate::checks::Because;

pub fn both_are_as_good() -> (f64, Because) {
    (0.49, Because::BothAreAsGood)
}

/// 0.5 - 2 (0.5 - 0.464).
pub fn twice_the_price() -> (f64, Because) {
    (0.428, Because::TwiceThePrice)
}

pub fn far_latents_stay() -> (f64, Because) {
    (0.24, Because::FarLatentsStay)
}

pub fn the_floor_holds() -> (f64, Because) {
    (0.0005, Because::TheFloorHolds)
}

/// The right words, and a round too few.
pub fn one_round() -> (f64, Because) {
    (0.45, Because::RarerIsDearer)
}

/// A number that was tried out, and another reason.
pub fn tried_out() -> (f64, Because) {
    (0.0, Because::TwiceThePrice)
}
