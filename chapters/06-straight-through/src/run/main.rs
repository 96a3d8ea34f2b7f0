//! Runs the experiments of chapter 6.

fn main() -> std::process::ExitCode {
    lab::main(&straight_through::CHAPTER)
}
