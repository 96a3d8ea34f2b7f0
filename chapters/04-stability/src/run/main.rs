//! Runs the experiments of chapter 4.

fn main() -> std::process::ExitCode {
    lab::main(&stability::CHAPTER)
}
