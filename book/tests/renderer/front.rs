//! The program behind `cargo run`, on a workbook of its own, with a program in cargo's place.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use book::memory::{Key, remember};
use record::{Measured, Within};

use crate::sample::Sample;

/// Notes its process and its arguments.
const CARGO: &str = "#!/bin/sh\necho $$ > \"$0.process\"\necho \"$@\" > \"$0.words\"\nexit 7\n";

struct Front {
    sample: Sample,
    cargo: PathBuf,
}

/// A file cannot be run while a process that was just begun still has it open for writing.
static WRITING: Mutex<()> = Mutex::new(());

impl Front {
    fn new() -> Self {
        let sample = Sample::new();
        sample.write("chapters/01-minimax-loss/Cargo.toml", "[package]\n");
        let writing = WRITING.lock();
        sample.write("bin/cargo", CARGO);
        drop(writing);
        let cargo = sample.root().join("bin/cargo");
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(&cargo, executable).unwrap();
        Self { sample, cargo }
    }

    fn run(&self, words: &[&str], stdout: Stdio) -> (u32, Output) {
        let writing = WRITING.lock();
        let child = Command::new(env!("CARGO_BIN_EXE_book"))
            .args(words)
            .env("WORKBOOK_ROOT", self.sample.root())
            .env("CARGO", &self.cargo)
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(writing);
        (child.id(), child.wait_with_output().unwrap())
    }

    fn noted(&self, what: &str) -> String {
        let note = self.cargo.with_extension(what);
        fs::read_to_string(note).unwrap_or_default().trim().into()
    }
}

#[test]
fn the_book_is_there_before_cargo_is_asked_for_the_chapters() {
    let front = Front::new();
    let words = ["--fresh", "--quiet", "--only", "minimax-loss"];
    let (process, output) = front.run(&words, Stdio::piped());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("the book: "), "{said}");
    assert!(said.ends_with("; read it while the chapters compile\n"));
    assert!(front.sample.html("notes.html").contains("Notes"));
    let asked = front.noted("words");
    let root = front.sample.root().join("Cargo.toml");
    let (before, after) = asked.split_once(" -- ").unwrap();
    assert_eq!(after, words.join(" "));
    let expected = "run --locked --bin reproduce --manifest-path";
    let features =
        if cfg!(feature = "cuda") { " --features cuda" } else { "" };
    let expected = format!("{expected} {}{features} --quiet", root.display());
    assert_eq!(before, expected);
    // Whoever stops this process stops cargo, and what cargo runs.
    assert_eq!(front.noted("process"), process.to_string());
    assert_eq!(output.status.code(), Some(7));
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// The numbers of a run: one agrees with the committed results.
fn here() -> BTreeMap<String, Measured> {
    let within = Within::Absolute(0.1);
    [("loss", -1.4), ("accuracy", 0.5), ("new", 0.0)]
        .map(|(name, value)| (name.into(), Measured { value, within }))
        .into()
}

#[test]
fn what_is_remembered_needs_no_cargo_until_something_changes() {
    let front = Front::new();
    let files = [
        "chapters/01-minimax-loss/src/plain.rs",
        "chapters/lab/src/lib.rs",
        "Cargo.lock",
        "book/pages/results/minimax-loss.json",
    ];
    for file in ["datasets/src/lib.rs", "chapters/judge/src/lib.rs"] {
        front.sample.write(file, "");
    }
    front.sample.write("chapters/lab/src/numbers/mod.rs", "");
    front.sample.write(files[1], "");
    front.sample.write(files[2], "");
    let root = front.sample.root();
    let target = root.join("target");
    let entry = &record::entries(root).unwrap()[0];
    for changed in files {
        let key = Key::now(root, entry, "cpu").unwrap();
        remember(root, &target, entry, key, &here()).unwrap();
        let (_, output) = front.run(&[], Stdio::piped());
        let said = String::from_utf8_lossy(&output.stdout);
        let lines: Vec<_> = said.lines().collect();
        let differs =
            "minimax-loss: accuracy is 0.5 here and 0.9731 in the book";
        assert_eq!(lines[0], differs);
        assert_eq!(
            lines[1],
            "minimax-loss: new is not in the book's results"
        );
        let counts = "1 numbers reproduced here, 1 differ, 1 are new, 4 quoted from longer runs";
        let more =
            "0 claims hold; `cargo test` checks 0 equations and 0 exercises";
        assert_eq!(lines[2], format!("{counts}; {more}"));
        assert!(lines[3].starts_with("the book: "), "{said}");
        assert!(output.status.success() && front.noted("words").is_empty());
        let (_, output) = front.run(&[], closed());
        assert!(output.status.success() && output.stderr.is_empty());
        let full = fs::OpenOptions::new().write(true).open("/dev/full");
        if let Ok(full) = full {
            let (_, output) = front.run(&[], full.into());
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.starts_with("error: standard output: "), "{said}");
            assert_eq!(output.status.code(), Some(1));
        }

        let text = fs::read_to_string(root.join(changed)).unwrap();
        let other = match changed.ends_with(".json") {
            true => text.replace("60000", "60001"),
            false => format!("{text}\nfn other() {{}}\n"),
        };
        front.sample.write(changed, &other);
        let (_, output) = front.run(&[], Stdio::piped());
        assert_eq!(output.status.code(), Some(7), "{changed}");
        fs::remove_file(front.cargo.with_extension("words")).unwrap();
    }
}

#[test]
fn what_cannot_be_is_said_before_anything_is_done() {
    let front = Front::new();
    let mut cases = vec![(["--only", "gan"], "there are minimax-loss")];
    if !cfg!(feature = "cuda") {
        cases.push((["--device", "cuda"], "this build has no CUDA"));
    }
    for (words, reason) in cases {
        let (_, output) = front.run(&words, Stdio::piped());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(reason), "{said}");
        assert_eq!(output.status.code(), Some(1));
        assert!(
            !front.sample.out().exists() && front.noted("words").is_empty()
        );
    }
}

#[test]
fn a_closed_output_stops_nothing() {
    let front = Front::new();
    let mut outputs = vec![closed()];
    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    outputs.extend(full.map(Stdio::from));
    for stdout in outputs {
        let _ = fs::remove_dir_all(front.sample.out());
        let (_, output) = front.run(&["--fresh"], stdout);
        assert_eq!(output.status.code(), Some(7), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
        assert!(front.sample.out().join("index.html").is_file());
    }
}
