use crate::checks::{Foreseen, Why};

pub fn measured_is_measured() -> Foreseen {
    let why = Why::BelievesTheData;
    Foreseen { alike: 0.9, sharp: 0.9, noisy: 0.9, unseen: 0.2, why }
}

pub fn what_occurs_occurs() -> Foreseen {
    let why = Why::BelievesTheMean;
    Foreseen { alike: 0.2, sharp: 0.2, noisy: 0.2, unseen: 0.2, why }
}

pub fn undone() -> Foreseen {
    let (why, unseen) = (Why::DividesByA, 0.9 / 0.0);
    Foreseen { alike: 0.9, sharp: 0.9, noisy: 0.9, unseen, why }
}

pub fn half_way() -> Foreseen {
    let why = Why::TakesTheMiddle;
    Foreseen { alike: 0.55, sharp: 0.55, noisy: 0.55, unseen: 0.2, why }
}

/// The matrix for the picture.
pub fn g_itself() -> Foreseen {
    let why = Why::ByTheirVariances;
    Foreseen { alike: 0.5, sharp: 0.99, noisy: 0.01, unseen: 0.0, why }
}

pub fn by_standard_deviations() -> Foreseen {
    let why = Why::ByTheirVariances;
    let found = |deviation: f64| 0.2 + 0.7 * 0.2 / (0.2 + deviation);
    let [alike, sharp, noisy] = [0.2, 0.02, 2.0].map(found);
    Foreseen { alike, sharp, noisy, unseen: 0.2, why }
}

/// "With that much noise, what is left says nothing."
pub fn noise_says_nothing() -> Foreseen {
    let why = Why::ByTheirVariances;
    Foreseen { alike: 0.55, sharp: 0.893, noisy: 0.2, unseen: 0.2, why }
}

/// "Nothing is left, so it is black."
pub fn nothing_is_black() -> Foreseen {
    let why = Why::ByTheirVariances;
    Foreseen { alike: 0.55, sharp: 0.893, noisy: 0.207, unseen: 0.0, why }
}
