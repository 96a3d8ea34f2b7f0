//! Eq. 11.14, and counts that three sides determine.

use approx::assert_relative_eq;
use proptest::prelude::*;
use uses::cost::{CostError, Even, PowerLaw};

pub const SIDES: [f64; 4] = [16.0, 24.0, 32.0, 64.0];

/// The squared error of a law in logarithms.
pub fn error(law: PowerLaw, pairs: &[(f64, f64)]) -> f64 {
    let off = pairs.iter().map(|(s, t)| t.ln() - law.at(*s).ln());
    off.map(|v| v * v).sum()
}

proptest! {
    #[test]
    fn other_units_change_no_exponent(
        takes in prop::array::uniform4(1e-3..10.0_f64),
        unit in 1e-3..1e3_f64,
    ) {
        let fit = |unit: f64| {
            let pairs = SIDES.into_iter().zip(takes.map(|t| t * unit));
            PowerLaw::fit(&pairs.collect::<Vec<_>>()).unwrap()
        };
        assert_relative_eq!(fit(1.0).b, fit(unit).b, epsilon = 1e-8);
        assert_relative_eq!(fit(1.0).a * unit, fit(unit).a, max_relative = 1e-8);
    }

    #[test]
    fn three_sides_determine_a_count(
        terms in prop::array::uniform3(0_u32..1_000_000),
    ) {
        let terms = terms.map(f64::from);
        let true_one = Even { terms };
        let pairs = [16.0, 24.0, 32.0].map(|s| (s, true_one.at(s)));
        let found = Even::through(pairs).unwrap();
        assert_relative_eq!(found.at(64.0), true_one.at(64.0), max_relative = 1e-9);
    }
}

#[test]
fn what_has_no_logarithm_and_what_does_not_vary_is_refused() {
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        for pair in [(bad, 1.0), (16.0, bad)] {
            let fit = PowerLaw::fit(&[(8.0, 1.0), pair]);
            assert!(matches!(fit, Err(CostError::NotPositive(_))), "{fit:?}");
        }
    }
    let same = [(16.0, 1.0), (16.0, 2.0)];
    assert_eq!(PowerLaw::fit(&same), Err(CostError::OneSide(2)));
    assert_eq!(PowerLaw::fit(&[]), Err(CostError::OneSide(0)));
    let twice = [(16.0, 1.0), (16.0, 2.0), (32.0, 3.0)];
    assert_eq!(Even::through(twice), Err(CostError::OneSide(3)));
}
