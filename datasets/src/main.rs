//! Makes data of a reader's own pictures.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};
use datasets::{FourFiles, Inverting, PictureSource};
use record::{no_input, say};

/// Data for the chapters
#[derive(Parser)]
#[command(name = "datasets")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the four IDX files of a folder of pictures (PNG, JPEG), grey, cropped to a square, and scaled; its subfolders are
    /// the classes, and every seventh picture of a class is for testing
    Pack(Pack),
}

#[derive(clap::Args)]
struct Pack {
    /// Folder of pictures, or the word `emoji` for those that come with the book
    #[arg(value_name = "DIR")]
    from: PathBuf,
    /// Folder to make
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Height and width of a picture; the chapters take 28
    #[arg(long, default_value_t = 28, value_parser = clap::value_parser!(u16).range(1..=1024))]
    side: u16,
    /// Whether white becomes black, as ink is white in these files
    #[arg(long, value_enum, default_value = "if-bright")]
    invert: Invert,
}

#[derive(Clone, Copy, ValueEnum)]
enum Invert {
    /// If most pictures have a bright border
    IfBright,
    /// All of them
    Yes,
    /// None
    No,
}

fn main() -> ExitCode {
    let Command::Pack(arguments) = Cli::parse().command;
    match pack(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn pack(arguments: &Pack) -> anyhow::Result<()> {
    let Pack { from, out, side, invert } = arguments;
    let source = PictureSource::named(from);
    if let PictureSource::Folder(folder) = &source {
        let read: [&Path; 1] = [folder];
        no_input(out, &read).with_context(|| out.display().to_string())?;
    }
    let inverting = match invert {
        Invert::IfBright => Inverting::AsNeeded,
        Invert::Yes => Inverting::Always,
        Invert::No => Inverting::Never,
    };
    let all =
        FourFiles { side: usize::from(*side), inverting, most_classes: 256 };
    let said = all.pack(&source, out)?;
    say(format_args!("{source}: {said}; now in {}", out.display()));
    let classes = source.classes()?;
    let most = FourFiles::OF_DIGITS.most_classes;
    if classes > most {
        say(format_args!(
            "{}: {classes} classes, and the chapters take {most} at most",
            out.display()
        ));
    }
    Ok(())
}
