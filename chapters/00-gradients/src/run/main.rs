//! Runs the experiments of chapter 0.

fn main() -> std::process::ExitCode {
    lab::main(&gradients::CHAPTER)
}
