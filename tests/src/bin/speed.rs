//! One side of the comparison with other programs, and its figures. `tests/peers/compare.py` is what calls it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use lab::Device;
use serde_json::json;
use workbook_tests::draw;
use workbook_tests::quality::{self, System};
use workbook_tests::speed::{Case, Room, cases, fingerprint};

/// Times the chapters' functions.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What there is to time
    List,
    /// Time it on demand: reads `time CASE N` and `first CASE FILE`, answers with a list of numbers, or null
    Serve {
        /// On dfdx in place of plain ndarray
        #[arg(long)]
        dfdx: bool,
        /// Where dfdx computes: cpu, cuda or cuda:N
        #[arg(long, default_value_t, requires = "dfdx")]
        device: Device,
    },
    /// Write what a twin begins a training run with
    Start {
        /// What is trained
        system: System,
        /// The file to write
        file: PathBuf,
    },
    /// Train, and leave the networks at each mark: answers with marks, seconds and files
    Train {
        /// What is trained
        system: System,
        /// Where the files go
        folder: PathBuf,
    },
    /// Judge such files: answers with a list of numbers
    Judge {
        /// What they hold
        system: System,
        /// The files
        files: Vec<PathBuf>,
    },
    /// Draw the committed results
    Draw,
}

fn main() -> ExitCode {
    lab::exit_code(work(Cli::parse().command))
}

fn work(command: Command) -> anyhow::Result<()> {
    match command {
        Command::List => list(),
        Command::Serve { dfdx, device } => {
            let room = if dfdx { Room::Dfdx(device) } else { Room::Plain };
            rayon::scope(|_| serve(room))
        }
        Command::Start { system, file } => quality::start(system, &file),
        Command::Train { system, folder } => {
            answer(&json!(quality::train(system, &folder)?))
        }
        Command::Judge { system, files } => {
            answer(&json!(quality::judge(system, &files)?))
        }
        Command::Draw => draw::all(),
    }
}

fn list() -> anyhow::Result<()> {
    let case = |c: Case| {
        json!({
            "name": c.to_string(),
            "multiply_adds": c.multiply_adds(),
            "peers": c.has_peers(),
        })
    };
    let cases: Vec<_> = cases().into_iter().map(case).collect();
    answer(&json!({"cases": cases, "code": fingerprint()?}))
}

fn serve(room: Room) -> anyhow::Result<()> {
    let mut ready = HashMap::new();
    for line in stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let &[verb, name, last] = &words[..] else {
            anyhow::bail!(
                "expected a verb, a case and its argument, found `{line}`"
            );
        };
        let case = cases().into_iter().find(|c| c.to_string() == name);
        let case = case.with_context(|| format!("no case `{name}`"))?;
        let numbers = match verb {
            "first" => case.first(room, Path::new(last))?,
            "time" => {
                let n = last.parse().with_context(|| line.clone())?;
                let work = match ready.entry(name.to_owned()) {
                    Entry::Occupied(old) => old.into_mut(),
                    Entry::Vacant(new) => new.insert(case.prepare(room)?),
                };
                work.as_mut().map(|work| work(n))
            }
            _ => anyhow::bail!("expected `first` or `time`, found `{verb}`"),
        };
        answer(&json!(numbers))?;
    }
    Ok(())
}

fn answer(value: &serde_json::Value) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "{value}")?;
    Ok(out.flush()?)
}
