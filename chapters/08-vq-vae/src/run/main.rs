//! Runs the experiments of chapter 8, one of its trainings, or the compressor that it made.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use lab::{Options, Selection, exit_code, run_and_show};
use vq_vae::CHAPTER;
use vq_vae::coding::Compressor;

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
    /// Turn a grey PNG of 28 × 28 pixels into a small file
    Compress(Files),
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
    /// What `digits` left [default: target/runs/vq-vae/checkpoints/compressor.safetensors]
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

impl Files {
    fn compressor(&self) -> anyhow::Result<Compressor> {
        let usual =
            || CHAPTER.out().join("checkpoints/compressor.safetensors");
        let path = self.checkpoint.clone().unwrap_or_else(usual);
        Ok(Compressor::load(&path)?)
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    exit_code(match cli.command {
        None => run_and_show(&CHAPTER, cli.options, Selection::All),
        Some(Command::Digits(options)) => only("digits", options),
        Some(Command::DigitsDfdx(options)) => only("digits-dfdx", options),
        Some(Command::Compress(files)) => compress(&files),
        Some(Command::Decompress(files)) => decompress(&files),
    })
}

fn only(experiment: &str, options: Options) -> anyhow::Result<()> {
    run_and_show(&CHAPTER, options, Selection::Only(experiment.into()))
}

fn compress(files: &Files) -> anyhow::Result<()> {
    let size = files.compressor()?.compress(&files.from, &files.out)?;
    eprintln!("{}: {size} bytes", files.out.display());
    Ok(())
}

fn decompress(files: &Files) -> anyhow::Result<()> {
    Ok(files.compressor()?.decompress(&files.from, &files.out)?)
}
