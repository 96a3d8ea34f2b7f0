//! Runs the experiments of chapter 5.

fn main() -> std::process::ExitCode {
    lab::main(&codebook_lookup::CHAPTER)
}
