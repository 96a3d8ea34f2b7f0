//! What a check said: read from what the test program printed.

use std::fs;
use std::path::Path;

use crate::exercises::Exercise;

/// What a check said of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is right.
    Right,
    /// The `todo!` is still there.
    Unwritten,
    /// It is wrong: what the check says.
    Wrong(String),
    /// It panicked, or what the check did with its result.
    Panicked(Panic),
    /// The program ended before the check did: what it said last.
    Died(String),
    /// It takes longer than so many seconds.
    Endless(u64),
}

/// A panic.
#[derive(Clone, Debug, PartialEq)]
pub struct Panic {
    /// What it says.
    message: String,
    /// Where it was raised, `file:line:column`.
    raised: String,
    /// The learner's line and column that led there, if any did.
    answer: Option<(usize, usize)>,
}

/// An outcome, and what the answer printed on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The outcome.
    pub outcome: Outcome,
    /// What was printed, by `println!` for instance.
    pub printed: String,
}

impl Told {
    /// An outcome without anything printed.
    pub fn new(outcome: Outcome) -> Self {
        Self { outcome, printed: String::new() }
    }
}

/// What is said of an exercise in the output of its chapter's tests; nothing, if its test did not end.
pub fn told(output: &str, exercise: &Exercise) -> Option<Told> {
    let Exercise { test, .. } = exercise;
    let result = format!("test {test} ... ");
    let ends = |line: &str| Some(line.strip_prefix(&result)?.trim() == "ok");
    if output.lines().find_map(ends)? {
        return Some(Told::new(Outcome::Right));
    }
    let section = format!("---- {test} stdout ----");
    let mut lines = output.lines().skip_while(|line| *line != section);
    lines.next()?;
    let another = |line: &str| {
        line == "failures:"
            || (line.starts_with("---- ") && line.ends_with(" stdout ----"))
    };
    let lines: Vec<_> = lines.take_while(|line| !another(line)).collect();
    let begins: Vec<_> =
        (0..lines.len()).filter(|n| raised(lines[*n]).is_some()).collect();
    let first = begins.first().copied().unwrap_or(lines.len());
    let printed = lines[..first].join("\n").trim().to_string();
    let ends = begins.iter().skip(1).copied().chain([lines.len()]);
    let thrown: Vec<_> =
        begins.iter().zip(ends).map(|(n, end)| &lines[*n..end]).collect();
    // A check may have caught what came before; but what a thread raised comes before what waits for it.
    let verdict = thrown.iter().rev().find(|lines| by_check(lines[0]));
    let outcome = match (verdict, thrown.first()) {
        (Some(lines), _) => Outcome::Wrong(message(lines)),
        (None, Some(lines)) => panicked(lines, exercise),
        (None, None) => Outcome::Wrong("The check failed.".into()),
    };
    Some(Told { outcome, printed })
}

/// Where a panic was raised, if this is the first line of its report.
fn raised(line: &str) -> Option<&str> {
    let place = line.strip_prefix("thread '")?.split_once(" panicked at ")?.1;
    place.strip_suffix(':')
}

/// Whether the check itself speaks: whoever calls it does, with its diagnosis.
fn by_check(line: &str) -> bool {
    let file = |place: &str| place.rsplitn(3, ':').nth(2).map(slashed);
    let file = raised(line).and_then(file);
    file.is_some_and(|file| file.ends_with("/tests/exercises.rs"))
}

fn slashed(path: &str) -> String {
    path.replace('\\', "/")
}

/// What a panic says.
fn message(lines: &[&str]) -> String {
    let over = |line: &&&str| {
        **line != "stack backtrace:"
            && !(line.starts_with("note: ")
                && line.contains("RUST_BACKTRACE"))
    };
    let lines: Vec<_> =
        lines.iter().skip(1).take_while(over).copied().collect();
    lines.join("\n").trim().into()
}

fn panicked(lines: &[&str], exercise: &Exercise) -> Outcome {
    let message = message(lines);
    let raised = slashed(raised(lines[0]).unwrap_or_default());
    let frames = lines.iter().filter_map(|l| l.trim().strip_prefix("at "));
    let file = format!("/exercises/{}.rs:", exercise.name);
    let own = |place: &str| {
        let place = slashed(place);
        let (line, column) = place.split_once(&file)?.1.split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    };
    let here = own(&raised);
    if here.is_some() && message.starts_with("not yet implemented") {
        return Outcome::Unwritten;
    }
    let mut places = frames.filter_map(own);
    let answer = here.or_else(|| places.next());
    Outcome::Panicked(Panic { message, raised, answer })
}

impl Panic {
    /// What to tell the learner: the line of the answer, and what was raised there.
    pub fn say(&self, root: &Path, exercise: &Exercise) -> String {
        let Self { message, raised, answer } = self;
        let Some((line, column)) = *answer else {
            let raised = short(raised);
            return format!(
                "The check stopped at what your function returned: {message}\n  (raised at {raised})"
            );
        };
        let path = &exercise.path;
        let text = fs::read_to_string(root.join(path)).unwrap_or_default();
        let code = text.lines().nth(line.saturating_sub(1)).unwrap_or("");
        let margin = " ".repeat(line.to_string().len());
        let arrow = " ".repeat(column.saturating_sub(1));
        let mut said = format!(
            "Your function panicked: {message}\n{margin}--> {path}:{line}:{column}\n{margin} |\n{line} | {code}\n{margin} | {arrow}^"
        );
        if !raised.contains(&format!("/exercises/{}.rs:", exercise.name)) {
            said += &format!("\n{margin} (raised in {})", short(raised));
        }
        said
    }
}

/// A place in a library, less the folders above it.
fn short(place: &str) -> String {
    let registry = place.split_once("/registry/src/");
    let package = registry.and_then(|(_, rest)| rest.split_once('/'));
    let library = place.split_once("/library/");
    match (package, library) {
        (Some((_, file)), _) => file.into(),
        (_, Some((_, file))) => format!("Rust's library, {file}"),
        _ => place.replace("tests/../", ""),
    }
}
