//! `cargo run` at the root of the workbook: renders the book from what is committed, then has cargo build and run the
//! crate `reproduce`, unless its numbers are known already. `cargo run -- learn` has it run the program `learn` instead.
//!
//! This program depends on no chapter, so that a reader can read while they compile.

#[path = "learn/built.rs"]
mod built;

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, ensure};
use book::memory::{Key, recall};
use book::{Choice, Said, index, render_and_say};
use clap::{Parser, Subcommand};
use record::{Comparison, Entry, say};

use crate::built::{built_with, cargo};

/// Renders the book to the folder `book` in cargo's target folder; runs the experiments that take seconds and compares
/// their numbers with the book's.
#[derive(Parser)]
#[command(name = "cargo run --", args_conflicts_with_subcommands = true)]
struct Cli {
    /// Open the book in a browser
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    choice: Choice,
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    /// Say which exercises are solved and what is next; `learn --help` says what else it does
    #[command(disable_help_flag = true)]
    Learn {
        #[arg(
            hide = true,
            trailing_var_arg = true,
            allow_hyphen_values = true
        )]
        words: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    work(&Cli::parse()).unwrap_or_else(|error| {
        say(format_args!("error: {error:#}"));
        ExitCode::FAILURE
    })
}

fn work(cli: &Cli) -> anyhow::Result<ExitCode> {
    let start = Instant::now();
    let device = &cli.choice.device;
    ensure!(
        device == "cpu" || cfg!(feature = "cuda"),
        "this build has no CUDA: `cargo run --features cuda -- --device {device}` has it, and needs an NVIDIA GPU"
    );
    let root = record::root();
    if let Some(Task::Learn { words }) = &cli.task {
        return learn(&root, words);
    }
    let entries = record::entries(&root)?;
    let known = known(&root, &cli.choice, &entries)?;
    let mut said = Said::default();
    if let Err(error) = render_and_say(&root, &mut said) {
        // What is about to be written anew may be what it lacks.
        ensure!(cli.choice.rewrites(), error);
        return run_the_chapters(&root, cli);
    }
    match &known {
        Some(known) => {
            known.iter().for_each(|(entry, c)| said.compared(&entry.name, c));
            said.summary();
            said.book(start, "");
        }
        None => said.book(start, "; read it while the chapters compile"),
    }
    if cli.open
        && let Err(error) = open::that_detached(index())
    {
        say(format_args!("no browser could be opened: {error}"));
    }
    match known {
        Some(_) => said.end().map(|()| ExitCode::SUCCESS),
        None => run_the_chapters(&root, cli),
    }
}

/// What is remembered of the chosen chapters, if that is all there is to do.
fn known<'a>(
    root: &Path,
    choice: &Choice,
    entries: &'a [Entry],
) -> anyhow::Result<Option<Vec<(&'a Entry, Comparison)>>> {
    let chosen = choice.chapters(entries)?;
    if choice.rewrites() {
        return Ok(None);
    }
    let target = record::target();
    let recalled = chosen.into_iter().map(|entry| {
        let key = Key::now(root, entry, &choice.device)?;
        Ok(recall(root, &target, entry, &key).map(|c| (entry, c)))
    });
    recalled.collect()
}

/// Has cargo build the chapters with this program's features and profile, and run them with its arguments.
fn run_the_chapters(root: &Path, cli: &Cli) -> anyhow::Result<ExitCode> {
    let cargo = cargo();
    let mut command = Command::new(&cargo);
    command.args(["run", "--locked", "--bin", "reproduce"]);
    command.arg("--manifest-path").arg(root.join("Cargo.toml"));
    command.args(built_with()?);
    if cli.choice.quiet {
        command.arg("--quiet");
    }
    let passed_on = env::args_os().skip(1).filter(|word| word != "--open");
    command.arg("--").args(passed_on);
    turn_into(command).with_context(|| cargo.display().to_string())
}

/// Has cargo build and run the program that goes with the exercises, which nobody else waits for.
fn learn(root: &Path, words: &[OsString]) -> anyhow::Result<ExitCode> {
    let cargo = cargo();
    let mut command = Command::new(&cargo);
    command.args(["run", "--locked", "--quiet", "--bin", "learn"]);
    command.arg("--manifest-path").arg(root.join("Cargo.toml"));
    command.args(built_with()?).arg("--").args(words);
    turn_into(command).with_context(|| cargo.display().to_string())
}

/// Goes on as another program, in this one's place: whoever stops this one stops that one.
#[cfg(unix)]
fn turn_into(mut command: Command) -> io::Result<ExitCode> {
    Err(std::os::unix::process::CommandExt::exec(&mut command))
}

/// Runs another program and ends as it does.
#[cfg(not(unix))]
fn turn_into(mut command: Command) -> io::Result<ExitCode> {
    let code = command.status()?.code();
    let code = code.and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
