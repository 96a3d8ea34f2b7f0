use crate::checks::{Foreseen, Why};

pub fn fades() -> Foreseen {
    let contributes =
        |long: f64, most: f64| (2.0 / (long + 1e-6)).min(most) * long;
    Foreseen {
        loud: contributes(5.0, 1000.0),   // λ is 0.4
        faint: contributes(5e-8, 1000.0), // λ is at the bound
        unbounded: contributes(5e-8, f64::INFINITY), // δ is twenty times it
        why: Why::ARatioBetweenTwoEnds,
    }
}
