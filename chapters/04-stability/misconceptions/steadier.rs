use crate::checks::{Foreseen, Why};

pub fn a_steady_curve_is_a_good_generator() -> Foreseen {
    Foreseen { steadier: true, sharper: true, why: Why::DampedAndSharp }
}

pub fn momentum_wins() -> Foreseen {
    Foreseen { steadier: false, sharper: false, why: Why::MomentumWins }
}

pub fn the_step_is_too_long() -> Foreseen {
    Foreseen { steadier: false, sharper: false, why: Why::TheStepIsTooLong }
}

pub fn nothing_moves() -> Foreseen {
    Foreseen { steadier: true, sharper: false, why: Why::NothingMoves }
}

/// The right words, and a hope that they deny.
pub fn flat_and_yet_sharp() -> Foreseen {
    Foreseen { steadier: true, sharper: true, why: Why::DampedAndFlat }
}
