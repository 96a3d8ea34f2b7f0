use crate::checks::{Leant, Reason};

/// "Farther is surer, so the likeliest code wins."
pub fn a_kind_of_temperature() -> Leant {
    let why = Reason::ColderForTheWish;
    let (unheard, twice, away) = (0.333, 0.196, 0.222);
    Leant { unheard, twice, away, far: 0.0, cold: 0.0, why }
}

/// "Halfway is 0.2, so at 2 it is 0.5."
pub fn a_straight_line() -> Leant {
    let why = Reason::AlongALine;
    let (unheard, twice, away) = (0.1, 0.5, 0.0);
    Leant { unheard, twice, away, far: 1.0, cold: 0.0, why }
}

/// "What counts is what the wish changes."
pub fn the_change_alone() -> Leant {
    let why = Reason::ThePowerAlone;
    let (unheard, twice, away) = (0.333, 0.89, 0.0769);
    Leant { unheard, twice, away, far: 1.0, cold: 0.0, why }
}

/// "γ = 0 adds nothing to what was trained."
pub fn on_top_of_the_told() -> Leant {
    let why = Reason::ToldTimesThePower;
    let (unheard, twice, away) = (0.3, 0.815, 0.1);
    Leant { unheard, twice, away, far: 1.0, cold: 0.0, why }
}

/// "At γ = 0 the wish leaves all codes alike."
pub fn unheard_is_even() -> Leant {
    let why = Reason::UntoldTimesThePower;
    let (unheard, twice, away) = (0.333, 0.587, 0.0217);
    Leant { unheard, twice, away, far: 1.0, cold: 0.0, why }
}

/// The weights do not add up to 1.
pub fn not_over_the_sum() -> Leant {
    let why = Reason::UntoldTimesThePower;
    let (unheard, twice, away) = (0.1, 0.9, 0.0333);
    Leant { unheard, twice, away, far: 1.0, cold: 0.0, why }
}

/// "-1 is the told one the other way round: below 0, so never."
pub fn away_is_never() -> Leant {
    let why = Reason::UntoldTimesThePower;
    let (unheard, twice, away) = (0.1, 0.587, 0.0);
    Leant { unheard, twice, away, far: 1.0, cold: 0.0, why }
}

/// "Far enough, and only the likeliest is left."
pub fn far_is_cold() -> Leant {
    let why = Reason::UntoldTimesThePower;
    let (unheard, twice, away) = (0.1, 0.587, 0.0217);
    Leant { unheard, twice, away, far: 0.0, cold: 0.0, why }
}

/// "Cold is far."
pub fn cold_is_far() -> Leant {
    let why = Reason::UntoldTimesThePower;
    let (unheard, twice, away) = (0.1, 0.587, 0.0217);
    Leant { unheard, twice, away, far: 1.0, cold: 1.0, why }
}
