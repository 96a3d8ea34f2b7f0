use crate::checks::{Leant, Reason};

pub fn leans() -> Leant {
    // Logits are added, so probabilities are multiplied: p_∅ (p_c / p_∅)^γ.
    let second = |gamma: f64, temperature: f64| {
        let untold = [0.6, 0.1, 0.3];
        let told = [0.6, 0.3, 0.1];
        let weight = |n: usize| -> f64 {
            let ratio: f64 = told[n] / untold[n];
            (untold[n] * ratio.powf(gamma)).powf(1.0 / temperature)
        };
        weight(1) / (weight(0) + weight(1) + weight(2))
    };
    Leant {
        unheard: second(0.0, 1.0), // 0.1
        twice: second(2.0, 1.0),   // 0.9 of 0.6 + 0.9 + 0.033
        away: second(-1.0, 1.0),   // 0.033 of 0.6 + 0.033 + 0.9
        far: second(50.0, 1.0),    // all: the wish makes it likelier
        cold: second(1.0, 0.02),   // nothing: the first one is likeliest
        why: Reason::UntoldTimesThePower,
    }
}
