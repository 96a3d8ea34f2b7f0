//! Runs the experiments of chapter 7.

fn main() -> std::process::ExitCode {
    lab::main(&commitment_loss::CHAPTER)
}
