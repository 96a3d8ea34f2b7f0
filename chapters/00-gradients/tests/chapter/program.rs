//! The program `gradients`, whose command line every chapter has: it does its work though nobody listens.

use std::fs::File;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

fn run(out: &Path, seed: &str, streams: [Stdio; 2]) -> ExitStatus {
    let mut program = Command::new(env!("CARGO_BIN_EXE_gradients"));
    program.args(["--scale", "smoke", "--experiment", "optimisers"]);
    program.args(["--seed", seed, "--out"]).arg(out);
    let [stdout, stderr] = streams;
    program.stdout(stdout).stderr(stderr).status().unwrap()
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    std::io::pipe().unwrap().1.into()
}

#[cfg(target_os = "linux")]
fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

#[test]
fn closed_and_full_outputs_are_no_reason_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let works = |streams: [Stdio; 2], status: i32| {
        let ended = run(out, "1", streams);
        assert_eq!(ended.code(), Some(status));
        std::fs::remove_file(out.join("results.json")).unwrap();
    };
    works([closed(), closed()], 0);
    works([Stdio::null(), closed()], 0);
    #[cfg(target_os = "linux")]
    {
        works([full(), Stdio::null()], 1);
        works([full(), full()], 1);
        works([Stdio::null(), full()], 0);
    }
}

#[test]
fn the_largest_seed_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let largest = u64::MAX.to_string();
    let quiet = || [Stdio::null(), Stdio::null()];
    assert!(run(folder.path(), &largest, quiet()).success());
    let results = folder.path().join("results.json");
    let results = lab::Results::load(&results).unwrap();
    assert_eq!(results.provenance.seed, u64::MAX);
}
