//! What is solved, and what an exercise's check says now.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::cargo::{Built, Cargo, Remark};
use crate::exercises::{Chapter, Exercise, State};
use crate::outcome::{Outcome, Told};

/// How an exercise stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Stands {
    /// Its check was run.
    Checked(Told),
    /// Its check could not be run, for what the compiler says.
    Broken(String),
    /// The file is the stub.
    Untouched,
    /// There is no file.
    Gone,
}

impl Stands {
    /// Whether its check passed.
    pub fn solved(&self) -> bool {
        matches!(self, Self::Checked(told) if told.outcome == Outcome::Right)
    }

    /// Whether something was written.
    fn begun(&self) -> bool {
        match self {
            Self::Checked(told) => told.outcome != Outcome::Unwritten,
            Self::Broken(_) => true,
            Self::Untouched | Self::Gone => false,
        }
    }
}

/// How all exercises stand, by their files.
pub type Progress = BTreeMap<String, Stands>;

/// Checks what somebody has written into. A stub that nobody has touched is not solved, which takes no compiler.
///
/// # Errors
/// There is no cargo, or it fails for another reason than the code.
pub fn progress(
    root: &Path,
    cargo: &Cargo,
    chapters: &[Chapter],
) -> anyhow::Result<Progress> {
    let mut progress = Progress::new();
    for chapter in chapters {
        let mut touched = Vec::new();
        for exercise in &chapter.exercises {
            let stands = match exercise.state(root) {
                State::Untouched => Stands::Untouched,
                State::Gone => Stands::Gone,
                State::Touched => {
                    touched.push(exercise);
                    continue;
                }
            };
            progress.insert(exercise.path.clone(), stands);
        }
        if touched.is_empty() {
            continue;
        }
        let stands = check(cargo, chapter, &touched, &mut || false)?;
        let paths = touched.iter().map(|e| e.path.clone());
        progress.extend(paths.zip(stands.unwrap_or_default()));
    }
    Ok(progress)
}

/// Runs the checks of some of a chapter's exercises.
///
/// # Errors
/// There is no cargo, or it fails for another reason than the code.
pub fn check(
    cargo: &Cargo,
    chapter: &Chapter,
    exercises: &[&Exercise],
    stop: &mut dyn FnMut() -> bool,
) -> anyhow::Result<Option<Vec<Stands>>> {
    let (program, warnings) = match cargo.build(chapter)? {
        Built::Program(program, warnings) => (program, warnings),
        Built::Broken(errors) => {
            let broken =
                |e: &&Exercise| Stands::Broken(errors_of(&errors, e));
            return Ok(Some(exercises.iter().map(broken).collect()));
        }
    };
    let told = cargo.run(&program, chapter, exercises, stop)?;
    let with_warnings = |(mut told, exercise): (Told, &&Exercise)| {
        let about = |r: &&Remark| r.files.contains(&exercise.path);
        let about: Vec<_> = warnings.iter().filter(about).collect();
        if let (Outcome::Wrong(what), false) =
            (&mut told.outcome, about.is_empty())
        {
            let texts = about.iter().map(|r| r.text.as_str());
            let texts: Vec<_> = texts.collect();
            let _ = write!(what, "\n\n{}", texts.join("\n\n"));
        }
        Stands::Checked(told)
    };
    Ok(told.map(|told| {
        told.into_iter().zip(exercises).map(with_warnings).collect()
    }))
}

/// The errors in an exercise's file; if there are none, all that keep its chapter's checks from being built.
fn errors_of(errors: &[Remark], exercise: &Exercise) -> String {
    let own = |r: &&Remark| r.files.contains(&exercise.path);
    let texts = |remarks: Vec<&Remark>| {
        let texts: Vec<_> = remarks.iter().map(|r| r.text.as_str()).collect();
        texts.join("\n\n")
    };
    let here: Vec<_> = errors.iter().filter(own).collect();
    if !here.is_empty() {
        return texts(here);
    }
    let what = "It cannot be checked before this compiles; a chapter's exercises are built together.";
    format!("{what}\n\n{}", texts(errors.iter().collect()))
}

/// What to tell the learner of an exercise.
pub fn message(root: &Path, exercise: &Exercise, stands: &Stands) -> String {
    let task = || match exercise.task(root) {
        Some((section, task)) => {
            wrapped(&format!("§ {section}: {}", sentence(&task)), WIDTH)
        }
        None => "It is not begun.".into(),
    };
    let told = match stands {
        Stands::Untouched => return task(),
        Stands::Gone => {
            return format!(
                "The file is gone; `cargo run -- learn reset {}` puts the stub there.",
                exercise.number
            );
        }
        Stands::Broken(errors) => return errors.clone(),
        Stands::Checked(told) => told,
    };
    let said = match &told.outcome {
        Outcome::Right => "Right.".into(),
        Outcome::Unwritten => task(),
        Outcome::Wrong(what) => what.clone(),
        Outcome::Panicked(panic) => panic.say(root, exercise),
        Outcome::Died(words) => {
            format!("The check ended in the middle of it.\n{words}")
        }
        Outcome::Endless(seconds) => format!(
            "After {seconds} seconds it was still running: is there a loop that does not end?"
        ),
    };
    match told.printed.is_empty() {
        true => said,
        false => format!("It printed:\n{}\n\n{said}", told.printed),
    }
}

/// A text with a stop at its end.
pub fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{text}{stop}")
}

/// How wide a line of text is.
pub const WIDTH: usize = 78;

/// Text in lines of at most this width.
pub fn wrapped(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let fits = |line: &&mut String| {
            line.chars().count() + 1 + word.chars().count() <= width
        };
        match lines.last_mut().filter(fits) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.into()),
        }
    }
    lines.join("\n")
}

/// The first exercise that is not solved, after this one if one is given.
pub fn next<'a>(
    chapters: &'a [Chapter],
    progress: &Progress,
    after: Option<&str>,
) -> Option<(&'a Chapter, &'a Exercise)> {
    let all: Vec<_> = chapters
        .iter()
        .flat_map(|c| c.exercises.iter().map(move |e| (c, e)))
        .collect();
    let place = after.and_then(|a| all.iter().position(|(_, e)| e.path == a));
    let (before, behind) = all.split_at(place.map_or(0, |n| n + 1));
    let open = |(_, e): &&(&Chapter, &Exercise)| {
        !progress.get(&e.path).is_some_and(Stands::solved)
    };
    behind.iter().chain(before).find(open).copied()
}

/// A line for each chapter, and how many are solved.
pub fn table(chapters: &[Chapter], progress: &Progress) -> String {
    let widest = |length: &dyn Fn(&Chapter) -> usize| {
        chapters.iter().map(length).max().unwrap_or(0)
    };
    let title = widest(&|c| c.title.chars().count());
    let most = widest(&|c| c.exercises.len());
    let mut table = String::new();
    let (mut solved, mut begun, mut all) = (0, 0, 0);
    let (mut broken, mut gone) = (Vec::new(), Vec::new());
    for chapter in chapters {
        let stands: Vec<_> =
            chapter.exercises.iter().map(|e| progress.get(&e.path)).collect();
        let mark = |stands: &Option<&Stands>| match stands {
            Some(s) if s.solved() => '■',
            Some(s) if s.begun() => '◪',
            _ => '□',
        };
        let marks: String = stands.iter().map(mark).collect();
        let here = marks.matches('■').count();
        solved += here;
        begun += marks.matches('◪').count();
        all += stands.len();
        let _ = writeln!(
            table,
            "{:>3}  {:title$}  {marks:most$}  {here:>2} of {}",
            chapter.entry.number,
            chapter.title,
            stands.len()
        );
        if stands.iter().any(|s| matches!(s, Some(Stands::Broken(_)))) {
            broken.push(chapter.entry.folder.clone());
        }
        let is_gone = |e: &&Exercise| {
            progress.get(&e.path).is_some_and(|s| *s == Stands::Gone)
        };
        gone.extend(chapter.exercises.iter().filter(is_gone));
    }
    let _ = write!(table, "\n■ solved: {solved} of {all}");
    if begun > 0 {
        let _ = write!(table, "   ◪ begun: {begun}");
    }
    for folder in broken {
        let _ = write!(
            table,
            "\nWhat is solved in {} cannot be said: its exercises do not compile.",
            folder.display()
        );
    }
    for Exercise { path, number, .. } in gone {
        let _ = write!(
            table,
            "\n{path} is gone; `cargo run -- learn reset {number}` puts the stub there."
        );
    }
    table
}
