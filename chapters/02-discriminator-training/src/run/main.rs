//! Runs the experiments of chapter 2.

fn main() -> std::process::ExitCode {
    lab::main(&discriminator_training::CHAPTER)
}
