//! Which slips explain a wrong answer: the function once more with each of its possible mistakes as a switch, tried one at a
//! time, then two at a time.

use ndarray::ArrayD;

use crate::Diagnosis;
use crate::relation::close;

/// A mistake that can be made in a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Its short name, by which the function asks whether it is made.
    pub name: &'static str,
    /// The sentence for the reader.
    pub what: &'static str,
}

/// Which slips are made.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a>(&'a [&'static str]);

impl Made<'_> {
    /// Whether this one is.
    pub fn is(self, name: &str) -> bool {
        self.0.contains(&name)
    }
}

/// The diagnosis of an answer that is wrong in one or two of these ways: `with` computes, under the slips that are made, all
/// results for all inputs, in the order of `came`. `None` if no one or two of them give what came.
pub fn slips(
    slips: &[Slip],
    came: &[ArrayD<f64>],
    with: impl Fn(Made) -> Vec<ArrayD<f64>>,
    tolerance: f64,
    see: &'static str,
) -> Option<Diagnosis> {
    let explains = |made: &[&'static str]| {
        let would = with(Made(made));
        debug_assert_eq!(
            would.len(),
            came.len(),
            "a result for each that came"
        );
        let mut pairs = would.iter().zip(came);
        pairs.all(|(would, came)| close_or_both_none(would, came, tolerance))
    };
    if let Some(one) = slips.iter().find(|slip| explains(&[slip.name])) {
        return Some(Diagnosis::new(one.name, one.what, see));
    }
    for (n, one) in slips.iter().enumerate() {
        for other in &slips[n + 1..] {
            if explains(&[one.name, other.name]) {
                let what = format!("Two things. {} {}", one.what, other.what);
                return Some(Diagnosis::new(one.name, what, see));
            }
        }
    }
    None
}

/// Numbers that are none agree with each other.
fn close_or_both_none(
    would: &ArrayD<f64>,
    came: &ArrayD<f64>,
    tolerance: f64,
) -> bool {
    let held =
        |x: &ArrayD<f64>| x.mapv(|v| if v.is_nan() { 1e300 } else { v });
    close(&held(would), &held(came), tolerance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, array};

    /// The mean of squares, as it can go wrong.
    fn mean_square(x: &Array1<f64>, made: Made) -> ArrayD<f64> {
        let x = if made.is("absolute") { x.mapv(f64::abs) } else { x * x };
        let n = if made.is("sum") { 1.0 } else { x.len() as f64 };
        let half = if made.is("half") { 0.5 } else { 1.0 };
        (x / n).sum_axis(ndarray::Axis(0)).into_dyn() * half
    }

    #[test]
    fn one_slip_or_two_are_found() {
        let all = [
            Slip { name: "absolute", what: "Squares, not sizes." },
            Slip { name: "sum", what: "A mean, not a sum." },
            Slip { name: "half", what: "No half." },
        ];
        let inputs = [array![1.0, -2.0, 0.0], array![3.0]];
        let told = |came: &dyn Fn(&Array1<f64>) -> f64| {
            let came =
                inputs.each_ref().map(|x| ndarray::arr0(came(x)).into_dyn());
            let with = |made: Made| {
                inputs.iter().map(|x| mean_square(x, made)).collect()
            };
            slips(&all, &came, with, 1e-12, "§1").map(|d| (d.mistake, d.what))
        };
        let sum = |x: &Array1<f64>| x.dot(x);
        assert_eq!(told(&sum).unwrap().0, "sum");
        let two = told(&|x| x.mapv(f64::abs).sum()).unwrap();
        assert_eq!(
            two.1,
            "Two things. Squares, not sizes. A mean, not a sum."
        );
        assert_eq!(told(&|x| x.dot(x) / 7.0), None);
    }
}
