//! Runs the experiments of chapter 10, or uses what they have trained.

use std::process::ExitCode;

use vq_gan::CHAPTER;

fn main() -> ExitCode {
    lab::main(&CHAPTER)
}
