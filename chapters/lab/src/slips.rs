//! Which slips explain a wrong answer: the function once more with each of its possible mistakes as a switch, tried one at a
//! time, then two at a time.

use ndarray::ArrayD;

use crate::Diagnosis;
use crate::relation::same;

/// A mistake that can be made in a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Its short name, by which the function asks whether it is made.
    pub name: &'static str,
    /// The sentence for the reader.
    pub what: &'static str,
}

/// Whether a mistake is made, by its name.
pub type Is<'a> = &'a dyn Fn(&str) -> bool;

/// Which slips are made.
#[derive(Clone, Copy)]
pub struct Made<'a>(Is<'a>);

impl Made<'_> {
    /// Whether this one is.
    pub fn is(self, name: &str) -> bool {
        (self.0)(name)
    }
}

/// The name of the one or two mistakes with which an answer agrees, and what to say of them.
pub fn one_or_two(
    known: &[Slip],
    agrees: impl Fn(Is) -> bool,
) -> Option<(&'static str, String)> {
    if let Some(one) = known.iter().find(|k| agrees(&|name| name == k.name)) {
        return Some((one.name, one.what.to_string()));
    }
    let pairs = known.iter().enumerate();
    let mut pairs =
        pairs.flat_map(|(n, a)| known[n + 1..].iter().map(move |b| (a, b)));
    let found =
        pairs.find(|(a, b)| agrees(&|name| name == a.name || name == b.name));
    found.map(|(a, b)| (a.name, format!("Two things. {} {}", a.what, b.what)))
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
    let agrees = |is: Is| same(&with(Made(is)), came, tolerance);
    let (name, what) = one_or_two(slips, agrees)?;
    Some(Diagnosis::new(name, what, see))
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
