//! Runs the experiments of chapter 3, one of its trainings, or a trained generator.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use gan::CHAPTER;
use gan::training::{draw, load_generator};
use lab::{
    Options, Selection, exit_code, no_input, run_and_show, say, say_committed,
};

/// Runs the experiments of chapter 3
#[derive(Parser)]
#[command(name = "gan", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Train on the ring of 8, several seeds
    Ring(Options),
    /// Train on digits, and judge what comes out
    Digits(Options),
    /// Train on digits on dfdx, whole, and judge what comes out
    DigitsDfdx(Options),
    /// Draw with a trained generator
    Sample(Sample),
}

#[derive(Args)]
struct Sample {
    /// A checkpoint of `digits` [default: what it has left here, or else the committed model]
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// How many images
    #[arg(long, default_value_t = 64, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: u32,
    /// The picture to write
    #[arg(long, value_name = "FILE.png")]
    out: PathBuf,
    /// Seed of the noise
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let only = |options, name: &str| {
        run_and_show(&CHAPTER, options, Selection::Only(name.into()))
    };
    exit_code(match cli.command {
        None => run_and_show(&CHAPTER, cli.options, Selection::All),
        Some(Command::Ring(options)) => only(options, "ring"),
        Some(Command::Digits(options)) => only(options, "digits"),
        Some(Command::DigitsDfdx(options)) => only(options, "digits-dfdx"),
        Some(Command::Sample(sample)) => write_sample(&sample),
    })
}

fn write_sample(sample: &Sample) -> anyhow::Result<()> {
    let [usual] = CHAPTER.trained(["digits"]);
    let checkpoint = sample.checkpoint.as_ref().unwrap_or(&usual);
    no_input(&sample.out, &[checkpoint])
        .with_context(|| sample.out.display().to_string())?;
    say_committed(&[checkpoint]);
    let (noise, g) = load_generator(checkpoint)?;
    let grid = draw(noise, &g, sample.count as usize, sample.seed);
    grid.save(&sample.out)?;
    say(format_args!("{}: written", sample.out.display()));
    Ok(())
}
