//! How an answer to an exercise is checked: a check is a function from a candidate to `Result<(), Diagnosis>`.

use std::fmt;

use ndarray::{Array, ArrayViewD, Dimension, arr0};

use crate::relation::{close, near, relation};

/// What is wrong with an answer, in a sentence; what was expected, what came, and where to look.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// A short name of the mistake, the same every time the mistake is made.
    pub mistake: &'static str,
    /// The sentence for the reader.
    pub what: String,
    /// What the check expected.
    pub expected: String,
    /// What the candidate gave.
    pub came: String,
    /// The section of the page that explains it.
    pub see: &'static str,
}

impl Diagnosis {
    /// A diagnosis of a named mistake.
    pub fn new(
        mistake: &'static str,
        what: impl Into<String>,
        see: &'static str,
    ) -> Self {
        let what = what.into();
        Self {
            mistake,
            what,
            expected: String::new(),
            came: String::new(),
            see,
        }
    }

    /// Adds what was expected and what came.
    pub fn with(
        mut self,
        expected: impl fmt::Display,
        came: impl fmt::Display,
    ) -> Self {
        (self.expected, self.came) = (expected.to_string(), came.to_string());
        self
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        if !self.expected.is_empty() {
            writeln!(
                f,
                "  expected: {}",
                self.expected.replace('\n', "\n            ")
            )?;
            writeln!(
                f,
                "  yours:    {}",
                self.came.replace('\n', "\n            ")
            )?;
        }
        write!(f, "  see:      {}", self.see)
    }
}

/// Judges an answer: `Ok` when it is what was expected; otherwise the diagnosis of the first suspect whose value it
/// has, or the `otherwise` diagnosis. A suspect is the value that a known mistake gives.
///
/// # Errors
/// The answer is not the expected one.
pub fn judge<D: Dimension>(
    expected: &Array<f64, D>,
    came: &Array<f64, D>,
    tolerance: f64,
    suspects: Vec<(Array<f64, D>, Diagnosis)>,
    otherwise: Diagnosis,
) -> Result<(), Diagnosis> {
    if close(expected, came, tolerance) {
        return Ok(());
    }
    let suspect =
        suspects.into_iter().find(|(wrong, _)| close(wrong, came, tolerance));
    if let Some((_, diagnosis)) = suspect {
        let (expected, came) = shown(expected, came, tolerance);
        return Err(diagnosis.with(expected, came));
    }
    let related = relation(expected, came, tolerance);
    let related =
        related.map(|words| format!(" {words}")).unwrap_or_default();
    if expected.shape() != came.shape() {
        let what = format!("{} Its shape is wrong.{related}", otherwise.what);
        return Err(Diagnosis::new("wrong shape", what, otherwise.see).with(
            format!("{:?}", expected.shape()),
            format!("{:?}", came.shape()),
        ));
    }
    let mut told = otherwise;
    told.what += &related;
    let (expected, came) = shown(expected, came, tolerance);
    Err(told.with(expected, came))
}

/// How many numbers are shown whole.
const FEW: usize = 24;

/// What was expected and what came, of many the first row (or number) in which they differ; whole numbers as such.
fn shown<D: Dimension>(
    expected: &Array<f64, D>,
    came: &Array<f64, D>,
    tolerance: f64,
) -> (String, String) {
    let whole = expected.iter().chain(came).all(|v| v.fract() == 0.0);
    let digits = if whole { 0 } else { 5 };
    let (expected, came) =
        (expected.view().into_dyn(), came.view().into_dyn());
    let same_shape = expected.shape() == came.shape();
    if !same_shape || expected.len() <= FEW {
        return (format!("{expected:.digits$}"), format!("{came:.digits$}"));
    }
    let first = expected
        .iter()
        .zip(came.iter())
        .position(|(e, c)| !near(*e, *c, tolerance))
        .unwrap_or(0);
    let long = expected.shape().last().copied().unwrap_or(1);
    let (row, column) = (first / long, first % long);
    // A row that fits is shown whole, of a longer one what begins at the first difference.
    let from = if long <= FEW { 0 } else { column };
    let numbers = |of: &ArrayViewD<f64>| {
        let some =
            of.iter().skip(row * long + from).take(FEW.min(long - from));
        some.map(|v| format!("{v:.digits$}")).collect::<Vec<_>>().join(", ")
    };
    let mut place = match expected.ndim() {
        0 | 1 => String::new(),
        2 => format!("row {row}"),
        _ => {
            let (mut index, mut rest) = (Vec::new(), row);
            for side in expected.shape().iter().rev().skip(1) {
                index.insert(0, rest % side);
                rest /= side;
            }
            format!("row {index:?}")
        }
    };
    if from > 0 {
        place += &format!(" from number {from} on");
    }
    let place = place.trim_start();
    let label =
        if place.is_empty() { String::new() } else { format!("{place}: ") };
    (
        format!("{label}{}", numbers(&expected)),
        format!("{label}{}", numbers(&came)),
    )
}

/// [`judge`] for a single number.
///
/// # Errors
/// The answer is not the expected one.
pub fn judge_number(
    expected: f64,
    came: f64,
    tolerance: f64,
    suspects: Vec<(f64, Diagnosis)>,
    otherwise: Diagnosis,
) -> Result<(), Diagnosis> {
    let suspects = suspects.into_iter().map(|(v, d)| (arr0(v), d)).collect();
    judge(&arr0(expected), &arr0(came), tolerance, suspects, otherwise)
}

/// For the tests of solutions, and for the reader's own: panics with the diagnosis.
///
/// # Panics
/// The check failed.
#[track_caller]
pub fn expect_pass(outcome: Result<(), Diagnosis>) {
    if let Err(diagnosis) = outcome {
        panic!("\n\n{diagnosis}\n");
    }
}

/// For the tests of misconceptions: the check must fail with this very mistake.
///
/// # Panics
/// The check passed, or named another mistake.
#[track_caller]
pub fn expect_diagnosis(outcome: Result<(), Diagnosis>, mistake: &str) {
    match outcome {
        Ok(()) => panic!(
            "the check passed, though the answer has the mistake `{mistake}`"
        ),
        Err(diagnosis) => assert_eq!(
            diagnosis.mistake, mistake,
            "another mistake was named:\n{diagnosis}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, Array2, array};

    #[test]
    fn an_answer_is_judged() {
        let told = |name| Diagnosis::new(name, "It is wrong.", "§1");
        let a = array![1.0, -2.0];
        let judged = |came: &Array1<f64>| {
            let suspects =
                vec![(-&a, told("sign")), (&a * 2.0, told("twice"))];
            judge(&a, came, 1e-9, suspects, told("other"))
                .map_err(|d| d.mistake)
        };
        assert_eq!(judged(&(&a + 1e-12)), Ok(()));
        assert_eq!(judged(&-&a), Err("sign"));
        assert_eq!(judged(&(&a * 2.0)), Err("twice"));
        assert_eq!(judged(&array![1.0, f64::NAN]), Err("other"));
        assert_eq!(judged(&array![1.0]), Err("wrong shape"));
        let whole = judge(
            &array![3.0, 1.0],
            &array![3.0, 2.0],
            0.0,
            vec![],
            told("other"),
        );
        assert!(
            whole.unwrap_err().to_string().contains("yours:    [3, 2]\n")
        );
        let of = |factor: f64| {
            let said = judge(&a, &(&a * factor), 1e-9, vec![], told("other"));
            said.unwrap_err().what
        };
        for (factor, words) in [
            (-0.5, "-1/2 of"),
            (3.0, "3 times what"),
            (0.5_f64.sqrt(), "1/√2 of"),
        ] {
            assert!(of(factor).contains(words), "{}", of(factor));
        }
        let (many, mut other) =
            (Array2::zeros((4, 9)), Array2::zeros((4, 9)));
        other[(2, 1)] = 1.0;
        let said =
            judge(&many, &other, 0.0, vec![], told("other")).unwrap_err();
        assert_eq!(said.came, "row 2: 0, 1, 0, 0, 0, 0, 0, 0, 0");
        let far =
            judge_number(1.0, 3.0, 1e-9, vec![], told("other")).unwrap_err();
        assert!(far.to_string().contains("yours:    3\n"), "{far}");
    }
}
