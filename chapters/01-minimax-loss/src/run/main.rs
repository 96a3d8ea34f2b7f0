//! Runs the experiments of chapter 1.

fn main() -> std::process::ExitCode {
    lab::main(&minimax_loss::CHAPTER)
}
