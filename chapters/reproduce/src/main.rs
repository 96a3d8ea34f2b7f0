//! The second half of `cargo run`, which the crate `book` begins: runs the chapters, compares, and renders the book again
//! when its results were rewritten.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use book::{Choice, Said, render_and_say};
use clap::Parser;
use lab::{Chapter, Comparison, Options};
use record::Entry;
use reproduce::{
    CHAPTERS, commit_models, redraw, refresh, refresh_one, refresh_stale,
    reproduce,
};

/// Runs the experiments that take seconds and compares their numbers with the book's.
#[derive(Parser)]
#[command(name = "cargo run --")]
struct Cli {
    /// Commit the models of the runs that made the committed results, from their checkpoints; run nothing
    #[arg(long, conflicts_with_all = ["fresh", "draw"])]
    models: bool,
    #[command(flatten)]
    choice: Choice,
}

fn main() -> ExitCode {
    if let Some(chapter) = called_as_a_chapter() {
        return lab::main(chapter);
    }
    let cli = Cli::parse();
    lab::exit_code(match cli.models {
        true => models(&cli.choice),
        false => work(&cli.choice),
    })
}

/// Under the name of a chapter, which a link can give it, this is the chapter's program, less its own commands: a day with a
/// GPU takes one program along in place of twelve.
fn called_as_a_chapter() -> Option<&'static Chapter> {
    let name = std::env::args_os().next()?;
    let name = Path::new(&name).file_stem()?.to_str()?;
    CHAPTERS.into_iter().find(|chapter| chapter.name == name)
}

fn work(choice: &Choice) -> anyhow::Result<()> {
    let start = Instant::now();
    let root = record::root();
    let entries = record::entries(&root)?;
    let options = Options {
        device: choice.device.parse()?,
        resume: choice.resume,
        fresh: choice.fresh,
        quiet: choice.quiet,
        ..Options::default()
    };
    let mut said = Said::default();
    if choice.draw {
        for entry in choice.chapters(&entries)? {
            redraw(of(entry)?)?;
        }
        render_and_say(&root, &mut said)?;
        said.book(start, "");
        return said.end();
    }
    for entry in choice.chapters(&entries)? {
        let comparison = compared(entry, choice, &options)?;
        said.compared(&entry.name, &comparison);
    }
    said.summary();
    if choice.fresh || choice.stale {
        render_and_say(&root, &mut said)?;
    }
    said.book(start, "");
    said.end()
}

fn models(choice: &Choice) -> anyhow::Result<()> {
    let entries = record::entries(&record::root())?;
    for entry in choice.chapters(&entries)? {
        for path in commit_models(of(entry)?)? {
            record::say(path.display());
        }
    }
    Ok(())
}

fn of(entry: &Entry) -> anyhow::Result<&'static Chapter> {
    let chapter = CHAPTERS.into_iter().find(|c| c.name == entry.name);
    chapter.with_context(|| {
        format!("`CHAPTERS` of the crate `reproduce` lacks {}", entry.name)
    })
}

fn compared(
    entry: &Entry,
    choice: &Choice,
    options: &Options,
) -> anyhow::Result<Comparison> {
    let chapter = of(entry)?;
    match choice.experiment.as_deref() {
        one if choice.stale => refresh_stale(chapter, one, options),
        Some(one) if choice.fresh => refresh_one(chapter, one, options),
        Some(_) => bail!("--experiment goes with --fresh or --stale"),
        None if choice.fresh => refresh(chapter, entry, options),
        None => reproduce(chapter, entry, options),
    }
}
