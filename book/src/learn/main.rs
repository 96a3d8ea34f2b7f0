//! `cargo run -- learn`: which exercises are solved and which is next, across the chapters; a check at every save; hints in
//! three steps; a stub put back.
//!
//! A program of its own, which is built for those who ask for it.

mod built;
mod cargo;
mod exercises;
mod hints;
mod memory;
mod outcome;
mod progress;
mod stubs;
mod watch;

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};

use crate::cargo::Cargo;
use crate::exercises::{Chapter, Exercise, State, chapters, find};
use crate::hints::{STEPS, hints, solution};
use crate::memory::{Memory, keep_answer};
use crate::progress::{
    WIDTH, check, message, next, progress, table, wrapped,
};
use crate::stubs::{Stubs, keep};

/// The checks that train something take some seconds.
const LIMIT: u64 = 120;

/// Says which exercises are solved, and what the check of the next one says.
#[derive(Parser)]
#[command(
    name = "learn",
    bin_name = "cargo run -- learn",
    args_conflicts_with_subcommands = true
)]
struct Cli {
    /// This exercise alone, by its number or name
    exercise: Option<String>,
    /// Check it again whenever it is saved, then the next one; `always`: without a terminal too
    #[arg(long, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_missing_value = "terminal")]
    watch: Option<Watch>,
    /// How long a check may take before it is ended
    #[arg(long, value_name = "SECONDS", default_value_t = LIMIT)]
    limit: u64,
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Watch {
    Terminal,
    Always,
}

#[derive(Subcommand)]
enum Task {
    /// One hint more, of three, for the exercise that was shown last or for another
    Hint {
        /// Its number or name
        exercise: Option<String>,
        /// All hints up to this one
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=STEPS as u64))]
        step: Option<u64>,
    },
    /// Put a stub back as it was; a copy of the answer is kept
    Reset {
        /// Its number or name
        exercise: String,
    },
    /// For who changes exercises: from now on `reset` puts back what is there now
    Keep,
}

fn main() -> ExitCode {
    match work(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if gone(&error) => ExitCode::SUCCESS,
        Err(error) => {
            record::say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether a reader has seen enough and left.
fn gone(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|e| e.kind() == ErrorKind::BrokenPipe)
}

/// Says a line.
fn say(line: impl Display) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

fn work(cli: &Cli) -> anyhow::Result<()> {
    let root = record::root();
    let chapters = chapters(&root)?;
    match &cli.task {
        None => learn(&root, &chapters, cli),
        Some(Task::Hint { exercise, step }) => {
            let shown = Memory::load(&root).current;
            let meant = exercise.clone().or(shown);
            let exercise = match meant {
                Some(meant) => find(&chapters, &meant)?,
                None => {
                    let cargo = Cargo::new(
                        &root,
                        Duration::from_secs(cli.limit),
                        io::stderr().is_terminal(),
                    )?;
                    let progress = progress(&root, &cargo, &chapters)?;
                    next(&chapters, &progress, None)
                        .context("all exercises are solved")?
                }
            };
            let step = step.and_then(|n| usize::try_from(n).ok());
            hint(&root, exercise, step)
        }
        Some(Task::Reset { exercise }) => {
            reset(&root, find(&chapters, exercise)?.1)
        }
        Some(Task::Keep) => {
            let count = keep(&root, &chapters)?;
            say(format_args!("{count} stubs are kept as they are"))
        }
    }
}

fn learn(root: &Path, chapters: &[Chapter], cli: &Cli) -> anyhow::Result<()> {
    let meant = cli.exercise.as_deref().map(|e| find(chapters, e));
    let meant = meant.transpose()?;
    let terminal = io::stdout().is_terminal();
    let limit = Duration::from_secs(cli.limit);
    let cargo =
        Cargo::new(root, limit, terminal && io::stderr().is_terminal())?;
    let watches = match cli.watch {
        Some(Watch::Always) => true,
        Some(Watch::Terminal) => terminal,
        None => false,
    };
    if let (Some(exercise), false) = (meant, watches) {
        show(root, &cargo, exercise)?;
        return without_terminal(cli, watches);
    }
    let mut progress = progress(root, &cargo, chapters)?;
    let next = meant.or_else(|| next(chapters, &progress, None));
    if !watches {
        say(table(chapters, &progress))?;
    }
    let Some((chapter, exercise)) = next else {
        return say("\nEvery exercise is solved.");
    };
    if watches {
        return watch::watch(
            root,
            &cargo,
            chapters,
            &mut progress,
            (chapter, exercise),
            terminal,
        );
    }
    remember(root, exercise);
    let Exercise { number, name, path, .. } = exercise;
    say(format_args!("\nnext: {number} {name}   {path}\n"))?;
    if let Some(stands) = progress.get(path) {
        say(message(root, exercise, stands))?;
    }
    say(
        "\n`cargo run -- learn --watch` checks it whenever you save it; `cargo run -- learn hint` helps.",
    )?;
    without_terminal(cli, watches)
}

/// Why nothing is watched, if it was to be.
fn without_terminal(cli: &Cli, watches: bool) -> anyhow::Result<()> {
    match cli.watch.is_some() && !watches {
        true => say(
            "(No terminal: checked once. `--watch=always` watches all the same.)",
        ),
        false => Ok(()),
    }
}

/// Checks one exercise, and says what its check says.
fn show(
    root: &Path,
    cargo: &Cargo,
    (chapter, exercise): (&Chapter, &Exercise),
) -> anyhow::Result<()> {
    remember(root, exercise);
    let stands = check(cargo, chapter, &[exercise], &mut || false)?;
    let Exercise { number, name, path, .. } = exercise;
    say(format_args!("{number} {name}   {path}\n"))?;
    for stands in stands.iter().flatten() {
        say(message(root, exercise, stands))?;
        if stands.solved() {
            say("\n`cargo run -- learn` says what is next.")?;
        }
    }
    Ok(())
}

/// Remembers which exercise was shown. It does no harm if that fails.
fn remember(root: &Path, exercise: &Exercise) {
    let mut memory = Memory::load(root);
    memory.current = Some(exercise.path.clone());
    let _ = memory.save(root);
}

/// Says the hints up to this one, or one more than were said before.
fn hint(
    root: &Path,
    (chapter, exercise): (&Chapter, &Exercise),
    step: Option<usize>,
) -> anyhow::Result<()> {
    let mut memory = Memory::load(root);
    let said = memory.hints.get(&exercise.path).copied().unwrap_or(0);
    let step = step.unwrap_or(said + 1).clamp(1, STEPS);
    let Exercise { number, name, path, .. } = exercise;
    say(format_args!("{number} {name}   {path}"))?;
    let hints = hints(root, chapter, exercise);
    for (n, hint) in hints.iter().take(step).enumerate() {
        say(format_args!("\nHint {} of {STEPS}\n{}", n + 1, laid_out(hint)))?;
    }
    match step < STEPS {
        true => say("\nAsk again for the next one.")?,
        false => say(format_args!(
            "\nThe whole answer: {}",
            solution(chapter, exercise)
        ))?,
    }
    memory.current = Some(path.clone());
    memory.hints.insert(path.clone(), step.max(said));
    memory.save(root)
}

/// A hint's paragraphs, in lines that fit; code, which is indented, stays as it is.
fn laid_out(hint: &str) -> String {
    let line = |line: &str| match line.starts_with("    ") {
        true => line.into(),
        false => wrapped(line, WIDTH),
    };
    let paragraph = |text: &str| match text
        .lines()
        .any(|line| line.starts_with("    "))
    {
        true => text.lines().map(line).collect::<Vec<_>>().join("\n"),
        false => wrapped(text, WIDTH),
    };
    let paragraphs = hint.split("\n\n").map(paragraph);
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// Puts a stub back, when a copy of what was there is safe.
fn reset(root: &Path, exercise: &Exercise) -> anyhow::Result<()> {
    let Exercise { path, .. } = exercise;
    let stubs = Stubs::load(root)?;
    let stub = stubs
        .get(path)
        .with_context(|| format!("there is no copy of the stub {path}"))?;
    match exercise.state(root) {
        State::Untouched => {
            return say(format_args!("{path} is as it was."));
        }
        State::Touched => {
            let kept = keep_answer(root, exercise)?;
            say(format_args!("Your answer is kept: {}", kept.display()))?;
        }
        State::Gone => {}
    }
    record::write_whole(&root.join(path), stub.as_bytes())
        .with_context(|| path.clone())?;
    let mut memory = Memory::load(root);
    if memory.hints.remove(path).is_some() {
        memory.save(root)?;
    }
    say(format_args!("{path} is as it was."))
}
