//! How an answer to an exercise is checked: a check is a function from a candidate to `Result<(), Diagnosis>`.

use std::fmt;

use ndarray::{Array, Dimension, arr0};

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

/// Whether two arrays of one shape agree within `tolerance`, absolute below 1 and relative above.
fn close<D: Dimension>(
    expected: &Array<f64, D>,
    came: &Array<f64, D>,
    tolerance: f64,
) -> bool {
    let near = |(e, c): (&f64, &f64)| {
        e == c || (e - c).abs() <= tolerance * e.abs().max(1.0)
    };
    expected.shape() == came.shape() && expected.iter().zip(came).all(near)
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
        return Err(
            diagnosis.with(format!("{expected:.5}"), format!("{came:.5}"))
        );
    }
    if expected.shape() != came.shape() {
        let what = "The result has the wrong shape.";
        return Err(Diagnosis::new("wrong shape", what, otherwise.see).with(
            format!("{:?}", expected.shape()),
            format!("{:?}", came.shape()),
        ));
    }
    Err(otherwise.with(format!("{expected:.5}"), format!("{came:.5}")))
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
    use ndarray::{Array1, array};

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
        let far =
            judge_number(1.0, 3.0, 1e-9, vec![], told("other")).unwrap_err();
        assert!(far.to_string().contains("yours:    3.00000"), "{far}");
    }
}
