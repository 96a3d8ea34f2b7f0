//! What the pages let a reader play with. Each module asks the functions of a chapter, the same that the page lists, for the
//! numbers that a page draws; it holds what a demo has come to, and computes nothing that a chapter teaches.
//!
//! A page asks by name, `ring.step`, with numbers, and gets arrays of numbers; the same questions have the same answers in
//! a native program, which is how they are tested.

#[cfg(target_arch = "wasm32")]
mod abi;
mod arrow;
mod codes;
mod densities;
mod digit;
mod dirac;
mod growing;
mod prior;
mod ring;
pub mod weights;
mod wish;

use std::fmt;

/// Arrays of numbers, in an order that the question decides.
pub type Answer = Vec<Vec<f32>>;

/// Why a question has no answer, in words for the reader of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveError(String);

impl LiveError {
    /// The words.
    pub(crate) fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }
}

impl fmt::Display for LiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LiveError {}

/// The numbers of a question.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers<'a>(&'a [f64]);

impl Numbers<'_> {
    /// The n-th of them.
    ///
    /// # Errors
    /// There are fewer, or it is not finite.
    pub(crate) fn at(self, n: usize) -> Result<f64, LiveError> {
        let found = self.0.get(n).copied().filter(|v| v.is_finite());
        found.ok_or_else(|| {
            LiveError::new(format!("number {n} of the question is missing"))
        })
    }

    /// The n-th as a whole number, at most `most`.
    ///
    /// # Errors
    /// It is missing, no whole number, or larger.
    pub(crate) fn whole(self, n: usize, most: u64) -> Result<u64, LiveError> {
        let v = self.at(n)?;
        match v >= 0.0 && v.fract() == 0.0 && v <= most as f64 {
            true => Ok(v as u64),
            false => Err(LiveError::new(format!(
                "number {n} of the question: expected a whole number up to {most}, found {v}"
            ))),
        }
    }

    /// Those from the n-th on.
    pub(crate) fn from(&self, n: usize) -> &[f64] {
        self.0.get(n..).unwrap_or_default()
    }
}

/// A demo: what it has come to, and how it answers.
pub(crate) trait Demo {
    /// Answers a question, `step`.
    ///
    /// # Errors
    /// There is no such question, its numbers are odd, or what it asks for cannot be.
    fn ask(&mut self, what: &str, of: Numbers) -> Result<Answer, LiveError>;
}

/// All demos of a page.
#[derive(Default)]
pub struct Live {
    densities: densities::Densities,
    dirac: dirac::Dirac,
    arrow: arrow::Arrow,
    codes: codes::Codes,
    digit: digit::Digit,
    prior: prior::Drawing,
    ring: ring::Ring,
    wish: wish::Wishing,
}

impl Live {
    /// Answers a question, `ring.step`.
    ///
    /// # Errors
    /// There is no such question, its numbers are odd, or what it asks for cannot be.
    pub fn ask(
        &mut self,
        question: &str,
        numbers: &[f64],
    ) -> Result<Answer, LiveError> {
        let (demo, what) = question.split_once('.').unwrap_or_default();
        let of: &mut dyn Demo = match demo {
            "densities" => &mut self.densities,
            "dirac" => &mut self.dirac,
            "arrow" => &mut self.arrow,
            "codes" => &mut self.codes,
            "digit" => &mut self.digit,
            "prior" => &mut self.prior,
            "ring" => &mut self.ring,
            "wish" => &mut self.wish,
            _ => return Err(unknown(question)),
        };
        of.ask(what, Numbers(numbers))
    }

    /// Puts the packed weights of a model where demos look for them.
    ///
    /// # Errors
    /// They are damaged.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), LiveError> {
        weights::put(name, bytes)
    }
}

/// That a demo has no such question.
pub(crate) fn unknown(question: &str) -> LiveError {
    LiveError::new(format!("there is no question `{question}`"))
}
