//! Runs the experiments of chapter 8, one of its trainings, or the compressor that it made.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Parser, Subcommand};
use lab::{
    Options, Selection, as_digit, exit_code, no_input, run_and_show, say,
    say_committed,
};
use vq_vae::CHAPTER;
use vq_vae::coding::{CodingError, Compressor, remark};

/// Runs the experiments of chapter 8
#[derive(Parser)]
#[command(name = "vq-vae", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Train on digits, and judge what comes out
    Digits(Options),
    /// The same on dfdx, to the end, with results of its own
    DigitsDfdx(Options),
    /// Turn a picture into a small file: a PNG or JPEG, made grey, cropped to a square, and scaled to 28 × 28; ink is white
    Compress(Compress),
    /// Turn such a file into a PNG
    Decompress(Files),
}

#[derive(Args)]
struct Files {
    /// What to read
    #[arg(value_name = "FILE")]
    from: PathBuf,
    /// What to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// A compressor [default: what `digits` has left here, or else the committed model]
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Not here: `cargo run -p code-prior -- compress` makes the files that a prior makes shorter
    #[arg(long, value_name = "FILE")]
    prior: Option<PathBuf>,
}

#[derive(Args)]
struct Compress {
    #[command(flatten)]
    files: Files,
    /// White becomes black, for a drawing in black on white
    #[arg(long)]
    invert: bool,
}

impl Files {
    /// The compressor, once it is known that the output replaces nothing that is read.
    fn compressor(&self) -> anyhow::Result<Compressor> {
        ensure!(
            self.prior.is_none(),
            "--prior: a prior's files are made by `cargo run -p code-prior -- compress`, and read by `cargo run -p code-prior -- \
             decompress`; what is made here has tables by place"
        );
        let [usual] = CHAPTER.trained(["compressor"]);
        self.load(self.checkpoint.as_ref().unwrap_or(&usual))
    }

    fn load(&self, path: &Path) -> anyhow::Result<Compressor> {
        no_input(&self.out, &[&self.from, path])
            .with_context(|| self.out.display().to_string())?;
        say_committed(&[path]);
        Ok(Compressor::load(path)?)
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    exit_code(match cli.command {
        None => run_and_show(&CHAPTER, cli.options, Selection::All),
        Some(Command::Digits(options)) => only("digits", options),
        Some(Command::DigitsDfdx(options)) => only("digits-dfdx", options),
        Some(Command::Compress(it)) => compress(&it),
        Some(Command::Decompress(files)) => decompress(&files),
    })
}

fn only(experiment: &str, options: Options) -> anyhow::Result<()> {
    run_and_show(&CHAPTER, options, Selection::Only(experiment.into()))
}

fn compress(Compress { files, invert }: &Compress) -> anyhow::Result<()> {
    let compressor = files.compressor()?;
    let picture = as_digit(&files.from, *invert)?;
    let size = compressor.compress(picture.path(), &files.out)?;
    picture.said.iter().for_each(say);
    say(format_args!("{}: {size} bytes", files.out.display()));
    if let Some(remark) = remark(picture.path())? {
        say(format_args!("{}: --invert does it", picture.of_given(&remark)));
    }
    Ok(())
}

/// By the compressor that was named or is the usual one; what the committed model has written, by that.
fn decompress(files: &Files) -> anyhow::Result<()> {
    let done = files.compressor()?.decompress(&files.from, &files.out);
    let committed = CHAPTER.model("compressor");
    match done {
        Err(error) if wants(&error, &committed) => {
            let committed = files.load(&committed)?;
            committed.decompress(&files.from, &files.out)?;
        }
        done => done?,
    }
    say(format_args!("{}: written", files.out.display()));
    Ok(())
}

/// Whether a file was refused because it is another compressor's, namely this one's.
fn wants(error: &CodingError, path: &Path) -> bool {
    let CodingError::File { cause, .. } = error else { return false };
    let CodingError::Other { wanted, .. } = &**cause else { return false };
    Compressor::load(path).is_ok_and(|c| c.fingerprint() == *wanted)
}
