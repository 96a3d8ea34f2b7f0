use crate::checks::{Foreseen, Why};

pub fn as_long_as_the_rest() -> Foreseen {
    let why = Why::AsLongAsTheRest;
    Foreseen { loud: 2.0, faint: 2.0, unbounded: 2.0, why }
}

pub fn set_once() -> Foreseen {
    let why = Why::SetOnce;
    Foreseen { loud: 20.0, faint: 2e-7, unbounded: 2e-7, why }
}

pub fn delta_does_it() -> Foreseen {
    let with_delta = 2.0 * 5e-8 / 1.05e-6;
    let why = Why::DeltaDoesIt;
    Foreseen { loud: 2.0, faint: with_delta, unbounded: with_delta, why }
}

pub fn lambda_grows() -> Foreseen {
    let why = Why::LambdaGrowsSoTheOpinionDoes;
    Foreseen { loud: 0.2, faint: 1000.0, unbounded: 1.9e6, why }
}

/// λ for what it contributes.
pub fn lambda_itself() -> Foreseen {
    let why = Why::ARatioBetweenTwoEnds;
    Foreseen { loud: 0.4, faint: 1000.0, unbounded: 1.9e6, why }
}

/// The bound is forgotten.
pub fn without_the_bound() -> Foreseen {
    let with_delta = 2.0 * 5e-8 / 1.05e-6;
    let why = Why::ARatioBetweenTwoEnds;
    Foreseen { loud: 2.0, faint: with_delta, unbounded: with_delta, why }
}

/// δ is taken for the whole of what stands below.
pub fn delta_alone_below() -> Foreseen {
    let why = Why::ARatioBetweenTwoEnds;
    Foreseen { loud: 2.0, faint: 5e-5, unbounded: 0.1, why }
}
