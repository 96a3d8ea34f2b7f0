//! What can be wrong with a page, said so that its writer can mend it.

use std::fmt;
use std::path::PathBuf;

/// Why the book was not rendered.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The pages contain mistakes; all that were found are listed.
    #[error("{}", list(.0))]
    Pages(Vec<Mistake>),
    /// A file could not be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// mdBook refused the configuration, the summary or a page.
    #[error("mdBook: {0}")]
    MdBook(String),
}

impl BookError {
    pub(crate) fn io(
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        |cause| BookError::Io { path, cause }
    }
}

fn list(mistakes: &[Mistake]) -> String {
    let plural = if mistakes.len() == 1 { "" } else { "s" };
    let mut text = format!("{} mistake{plural} in the book", mistakes.len());
    for mistake in mistakes {
        text.push_str(&format!("\n  {mistake}"));
    }
    text
}

/// One mistake, and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// The file, relative to the repository's root.
    pub file: PathBuf,
    /// The line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, and what was expected.
    pub wrong: Wrong,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => {
                write!(f, "{}:{line}: {}", self.file.display(), self.wrong)
            }
            None => write!(f, "{}: {}", self.file.display(), self.wrong),
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages are the documentation")]
pub enum Wrong {
    #[error("the formula `{tex}` cannot be set: {message}")]
    Math { tex: String, message: String },
    #[error(
        "`$$` is not used here; write display math in a fenced block with the info string `math` or `math 1.2`"
    )]
    DoubleDollar,
    #[error(
        "a `$` begins no formula, or the formula's braces do not match; write `\\$` for the sign, and `\\vert` for `|` in the formulas of a table"
    )]
    LoneDollar,
    #[error(
        "`{{{{#` stands in the formula `{tex}`; formulas take no directives"
    )]
    DirectiveInMath { tex: String },
    #[error(
        "the info string `{info}` was expected to be `math` or `math 1.2`"
    )]
    Fence { info: String },
    #[error("`{{{{#{text}` is not closed by `}}}}` on its line")]
    Unclosed { text: String },
    #[error("there is no directive `{name}`; there are {known}")]
    UnknownDirective { name: String, known: String },
    #[error("`{{{{#{text}}}}}` was expected to be `{expected}`")]
    Syntax { text: String, expected: &'static str },
    #[error("`{{{{#{text}}}}}` must stand alone on its line")]
    NotAlone { text: String },
    #[error(
        "`{directive}` needs a chapter, and this page belongs to none; write `chapter/name`"
    )]
    NoChapter { directive: String },
    #[error(
        "equation {number} was expected to begin with the chapter's number, {expected}"
    )]
    ForeignNumber { number: String, expected: String },
    #[error("equation {number} is already in {first}")]
    NumberTwice { number: String, first: String },
    #[error(
        "equation {number} has no test; expected `fn {function}…()` with `#[test]` in {file}"
    )]
    Untested { number: String, function: String, file: String },
    #[error("`{function}` tests equation {number}, which is on no page")]
    TestWithoutEquation { function: String, number: String },
    #[error("`{function}` does not count as the test of an equation: {why}")]
    NotATest { function: String, why: &'static str },
    #[error("is not compiled: expected `mod equations;` in {main}")]
    NotCompiled { main: String },
    #[error("there is no equation {number}{near}")]
    UnknownEquation { number: String, near: String },
    #[error("`{path}`: {why}")]
    File { path: String, why: String },
    #[error("`{path}` has no anchor `{anchor}`; it has {existing}")]
    UnknownAnchor { path: String, anchor: String, existing: String },
    #[error("`{path}`, anchor `{anchor}`: {why}")]
    Anchor { path: String, anchor: String, why: &'static str },
    #[error(
        "`{path}` line {line} has {width} columns; a listing has at most {limit}"
    )]
    LongLine { path: String, line: usize, width: usize, limit: usize },
    #[error("the results of {chapter} cannot be used: {why}")]
    NoResults { chapter: String, why: String },
    #[error("{chapter} has no result `{name}`{near}")]
    UnknownResult { chapter: String, name: String, near: String },
    #[error(
        "the format `{format}` was expected to be like `.4`, `.2e`, `.2%` or `int`"
    )]
    Format { format: String },
    #[error("{chapter} has no figure `{name}`; it has {existing}")]
    UnknownFigure { chapter: String, name: String, existing: String },
    #[error(
        "no page shows the figure `{name}` with a number; there are {existing}"
    )]
    FigureNotShown { name: String, existing: String },
    #[error(
        "there is nothing to play with called `{name}`, or no picture of it; there are {existing}"
    )]
    UnknownLive { name: String, existing: String },
    #[error("the figure {path}: {why}")]
    BadFigure { path: String, why: String },
    #[error("{chapter} has no claim `{name}`{near}")]
    UnknownClaim { chapter: String, name: String, near: String },
    #[error("the claim `{name}` of {chapter}: {why}")]
    BadClaim { chapter: String, name: String, why: String },
    #[error("{chapter} has no experiment `{name}`; it has {existing}")]
    UnknownExperiment { chapter: String, name: String, existing: String },
    #[error(
        "the slip {id} has no test: expected `fn {}_…()` in tests/chapter/slips.rs of {chapter}, or `pub struct {id}…` in tests/src/refused.rs", id.to_lowercase()
    )]
    UntestedSlip { id: String, chapter: String },
    #[error("`{what}` is on this page twice")]
    Twice { what: String },
    #[error("`{{{{#{found}}}}}` closes nothing; expected {expected}")]
    UnexpectedEnd { found: &'static str, expected: String },
    #[error("`{{{{#{opened}}}}}` is not closed by `{{{{#{expected}}}}}`")]
    NotClosed { opened: String, expected: &'static str },
    #[error("{chapter} has no results named `ledger/FUNCTION/COLUMN`")]
    EmptyLedger { chapter: String },
    #[error("the ledger has no column `{column}`; it has {known}")]
    LedgerColumn { column: String, known: String },
    #[error("`{{{{` is left over in the rendered page: {context}")]
    LeftOver { context: String },
}
