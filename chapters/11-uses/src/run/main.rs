//! Runs the experiments of chapter 11.

use std::process::ExitCode;

use uses::CHAPTER;

fn main() -> ExitCode {
    lab::main(&CHAPTER)
}
