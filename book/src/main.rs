//! `cargo run` at the root of the workbook: reproduces the numbers, renders the book.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, ensure};
use book::reproduce::{CHAPTERS, refresh, refresh_one, reproduce};
use clap::Parser;
use lab::{Chapter, Comparison, Device, Interrupted, Options};

/// Runs the experiments that take seconds, compares their numbers with the book's, and renders the book to
/// target/book.
#[derive(Parser)]
#[command(name = "cargo run --")]
struct Cli {
    /// Open the book in a browser
    #[arg(long)]
    open: bool,
    /// Run the long experiments too, and rewrite the committed results and figures
    #[arg(long)]
    fresh: bool,
    /// Only this chapter, by the name of its crate
    #[arg(long, value_name = "CHAPTER")]
    only: Option<String>,
    /// With --fresh and --only: this experiment alone, one of those that take up to half an hour
    #[arg(long, value_name = "NAME", requires = "fresh", requires = "only")]
    experiment: Option<String>,
    /// Where dfdx computes: cpu, cuda or cuda:N
    #[arg(long, default_value_t)]
    device: Device,
    /// Go on from the last checkpoints
    #[arg(long)]
    resume: bool,
    /// Show no progress
    #[arg(long)]
    quiet: bool,
}

fn main() -> ExitCode {
    match work(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.downcast_ref::<Interrupted>().is_some() => {
            eprintln!("{error:#}");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "what the reader is told")]
fn work(cli: &Cli) -> anyhow::Result<()> {
    let start = Instant::now();
    let chapters = chosen(cli.only.as_deref())?;
    let options = Options {
        device: cli.device,
        resume: cli.resume,
        quiet: cli.quiet,
        ..Options::default()
    };
    let mut total = Comparison::default();
    for chapter in chapters {
        let comparison = match &cli.experiment {
            Some(one) => refresh_one(chapter, one, &options)?,
            None if cli.fresh => refresh(chapter, &options)?,
            None => reproduce(chapter, &options)?,
        };
        for (name, here, committed) in &comparison.different {
            println!(
                "{}: {name} is {here} here and {committed} in the book",
                chapter.name
            );
        }
        for name in &comparison.unknown {
            println!("{}: {name} is not in the book's results", chapter.name);
        }
        total.reproduced += comparison.reproduced;
        total.quoted += comparison.quoted;
        total.different.extend(comparison.different);
        total.unknown.extend(comparison.unknown);
    }
    println!("{}", summary(&total));

    let root = CHAPTERS[0].root();
    let rendered =
        book::render(&root, &book::chapters(), &root.join("target/book"))?;
    for warning in &rendered.warnings {
        println!("warning: {warning}");
    }
    println!(
        "the book: {} ({:.1} s)",
        rendered.index.display(),
        start.elapsed().as_secs_f64()
    );
    if cli.open {
        open::that(&rendered.index).context("no browser could be opened")?;
    }
    Ok(())
}

fn chosen(only: Option<&str>) -> anyhow::Result<Vec<&'static Chapter>> {
    let chosen: Vec<_> = CHAPTERS
        .into_iter()
        .filter(|c| only.is_none_or(|name| c.name == name))
        .collect();
    let names: Vec<_> = CHAPTERS.iter().map(|c| c.name).collect();
    let asked = only.unwrap_or_default();
    ensure!(
        !chosen.is_empty(),
        "there is no chapter `{asked}`; there are {}",
        names.join(", ")
    );
    Ok(chosen)
}

fn summary(total: &Comparison) -> String {
    let mut words =
        vec![format!("{} numbers reproduced here", total.reproduced)];
    if !total.different.is_empty() {
        words.push(format!("{} differ", total.different.len()));
    }
    if !total.unknown.is_empty() {
        words.push(format!("{} are new", total.unknown.len()));
    }
    if total.quoted > 0 {
        words.push(format!("{} quoted from longer runs", total.quoted));
    }
    words.join(", ")
}
