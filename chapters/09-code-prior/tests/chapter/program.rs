//! The program `code-prior`: seeds, numbers that are too large, and outputs that are inputs.

use std::path::Path;
use std::process::Command;

use code_prior::CHAPTER;
use lab::largest_seed_run;

/// What a command says, and its status.
fn run(folder: &Path, words: &str) -> (Option<i32>, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_code-prior"));
    program.args(words.split(' ')).current_dir(folder);
    let done = program.output().unwrap();
    (done.status.code(), String::from_utf8(done.stderr).unwrap())
}

#[test]
fn commands_take_any_number_and_keep_what_they_read() {
    let folder = tempfile::tempdir().unwrap();
    largest_seed_run(&CHAPTER, "draw", folder.path());
    let at = folder.path().join("checkpoints");
    std::fs::write(at.join("text"), "no checkpoint").unwrap();
    let models =
        "--tokeniser tokeniser.safetensors --prior prior.safetensors";
    let max = u64::MAX;

    let words = format!("complete {models} --out x.png --digit {max}");
    let (status, said) = run(&at, &words);
    assert_eq!(status, Some(1), "{said}");
    let expected = format!(
        "error: there are 10000 digits; 8 from number {max} on were asked for\n"
    );
    assert_eq!(said, expected);

    let seed = format!("--count 2 --seed {max} --out x.png");
    for command in ["sample", "complete"] {
        let done = run(&at, &format!("{command} {models} {seed}"));
        assert_eq!(done, (Some(0), String::new()));
    }

    let sample = format!("sample {models} --count 2 --out x.png");
    for more in [
        "--class 7",
        "--class 0 --top-k 3 --top-p 0.9 --temperature 0.8",
        "--class 9 --room dfdx --top-p 1",
    ] {
        let done = run(&at, &format!("{sample} {more}"));
        assert_eq!(done, (Some(0), String::new()), "{more}");
    }
    for (more, complaint) in [
        ("--class 10", "expected a class below 10, found 10"),
        ("--top-k 0", "top-k: expected at least 1 code"),
        ("--top-p 0", "top-p: expected more than 0 and at most 1, found 0"),
        ("--top-p 1.5", "at most 1, found 1.5"),
        ("--top-p nan", "at most 1, found NaN"),
        ("--temperature inf", "expected a finite temperature"),
    ] {
        let (status, said) = run(&at, &format!("{sample} {more}"));
        assert_eq!(status, Some(1), "{more}: {said}");
        let start = "error: prior.safetensors: ";
        assert!(said.starts_with(start), "{more}: {said}");
        assert!(said.contains(complaint), "{more}: {said}");
    }

    for out in ["prior.safetensors", "./tokeniser.safetensors"] {
        let before = std::fs::read(at.join(out)).unwrap();
        let (status, said) =
            run(&at, &format!("sample {models} --out {out}"));
        assert_eq!(status, Some(1));
        assert!(said.contains("found what is read, "), "{said}");
        assert_eq!(std::fs::read(at.join(out)).unwrap(), before);
    }
    std::fs::create_dir(at.join("data")).unwrap();
    let words = format!("complete {models} --data data --out data/x.png");
    assert!(run(&at, &words).1.contains("found what is read, data"));

    let models = "--tokeniser tokeniser.safetensors --prior text";
    let (_, said) = run(&at, &format!("sample {models} --out x.png"));
    assert!(said.starts_with("error: text: expected a whole"), "{said}");
    assert_eq!(said.matches("text").count(), 1, "{said}");
    let (_, said) = run(&at, "sample --tokeniser none --out x.png");
    assert!(said.contains("none: no such file; `cargo run -p"), "{said}");
}
