use crate::checks::{Foreseen, Why};

pub fn weighs() -> Foreseen {
    let (mean, variance, y) = (0.2, 0.04, 0.9);
    let found = |a: f64, nu: f64| {
        let g = a * variance / (a * a * variance + nu);
        mean + g * (y - a * mean)
    };
    Foreseen {
        alike: found(1.0, 0.04),   // half way
        sharp: found(1.0, 0.0004), // nearly y
        noisy: found(1.0, 4.0),    // nearly the mean
        unseen: found(0.0, 1.0),   // the mean
        why: Why::ByTheirVariances,
    }
}
