//! The program `vq-gan`: what it draws, and what it refuses.

use std::path::Path;
use std::process::{Command, Output};

use lab::Checkpoint;

use crate::wish::save_artist;

fn program(words: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_vq-gan"));
    program.arg("draw").args(words);
    program
}

/// What a command says, and its status.
fn told(done: Output) -> (Option<i32>, String) {
    assert!(done.stdout.is_empty());
    (done.status.code(), String::from_utf8(done.stderr).unwrap())
}

/// The same with the artist `a` of a folder.
fn draw(folder: &Path, words: &[&str]) -> (Option<i32>, String) {
    let mut program = program(&["--model", "a"]);
    told(program.args(words).current_dir(folder).output().unwrap())
}

fn written(out: &str) -> (Option<i32>, String) {
    (Some(0), format!("{out}: written\n"))
}

/// A folder with an artist.
fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    save_artist(&folder.path().join("a"));
    folder
}

/// The picture that is drawn so.
fn picture(folder: &Path, words: &[&str]) -> Vec<u8> {
    let words = [words, &["--out", "x.png"]].concat();
    assert_eq!(draw(folder, &words), written("x.png"), "{words:?}");
    std::fs::read(folder.join("x.png")).unwrap()
}

/// Columns and lines of a PNG.
fn size(png: &[u8]) -> [u32; 2] {
    [16, 20].map(|at| u32::from_be_bytes(*png[at..].first_chunk().unwrap()))
}

#[test]
fn what_is_drawn_is_what_was_wished_for() {
    let folder = place();
    let of = |words: &[&str]| picture(folder.path(), words);
    let usual = of(&[]);
    let [columns, lines] = size(&usual);
    assert!(columns == lines && columns >= 4 * 2 * 8, "{columns}");
    let usual_words = [
        "--count",
        "16",
        "--scale",
        "1.5",
        "--temperature",
        "1",
        "--seed",
        "1",
        "--room",
        "plain",
        "--device",
        "cpu",
    ];
    assert_eq!(of(&usual_words), usual);
    let food = of(&["--category", "Food & Drink", "--artist", "noto"]);
    let same = of(&["--category", "food & drink", "--artist", "NOTO"]);
    assert_eq!(same, food);
    let others: [&[&str]; 8] = [
        &["--category", "flags", "--artist", "noto"],
        &["--category", "flags"],
        &["--artist", "twemoji"],
        &["--scale", "0"],
        &["--scale", "1000"],
        &["--temperature", "0"],
        &["--seed", "18446744073709551615"],
        &["--count", "5"],
    ];
    let mut seen = vec![usual, food];
    for words in others {
        let picture = of(words);
        assert!(!seen.contains(&picture), "{words:?}");
        seen.push(picture);
    }
    let one = of(&["--count", "1"]);
    assert!(size(&one)[0] < columns / 3);
    let row = size(&of(&["--count", "2"]));
    assert!(row[0] > row[1], "{row:?}");
    assert!(size(&of(&["--count", "1000"]))[0] >= 32 * 2 * 8);
}

#[test]
fn both_rooms_draw_one_picture() {
    let folder = place();
    for more in [
        &[][..],
        &["--category", "flags", "--scale", "4", "--count", "40"],
        &["--artist", "noto", "--temperature", "0.5", "--seed", "7"],
    ] {
        let here = picture(folder.path(), more);
        let there = [more, &["--room", "dfdx"]].concat();
        assert!(picture(folder.path(), &there) == here, "{more:?}");
        let there = [&there[..], &["--device", "cpu"]].concat();
        assert!(picture(folder.path(), &there) == here, "{more:?}");
    }
}

#[test]
fn what_cannot_be_drawn_is_said_and_nothing_is_written() {
    let folder = place();
    for (words, complaint) in [
        (
            &["--category", "food"][..],
            "expected a category among Food & Drink, flags, Überall, found \"food\"",
        ),
        (
            &["--category", ""],
            "expected a category among Food & Drink, flags, Überall, found \"\"",
        ),
        (
            &["--artist", "flags"],
            "expected an artist among noto, Twemoji, found \"flags\"",
        ),
        (&["--scale", "-1"], "expected a scale from 0 to "),
        (&["--scale", "nan"], "expected a scale from 0 to "),
        (&["--scale", "inf"], "expected a scale from 0 to "),
        (&["--scale", "1e300"], "expected a scale from 0 to "),
        (&["--temperature", "-1"], "expected a finite temperature"),
        (&["--temperature", "nan"], "expected a finite temperature"),
        (
            &["--device", "cuda"],
            "--device cuda:0 needs --room dfdx: the plain room computes on the processor",
        ),
        (
            &["--model", "none"],
            "none: no such file; `cargo run -p vq-gan -- --experiment wish` trains",
        ),
    ] {
        let words = [words, &["--out", "x.png"]].concat();
        let mut program = program(&words);
        if !words.contains(&"--model") {
            program.args(["--model", "a"]);
        }
        let done = program.current_dir(folder.path()).output().unwrap();
        let (status, said) = told(done);
        assert_eq!(status, Some(1), "{words:?}: {said}");
        let start = format!("error: {complaint}");
        assert!(said.starts_with(&start), "{words:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    #[cfg(not(feature = "cuda"))]
    {
        let words = ["--room", "dfdx", "--device", "cuda", "--out", "x.png"];
        let (status, said) = draw(folder.path(), &words);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.starts_with("error: this build has no CUDA"), "{said}");
    }
    // What the command line itself refuses.
    for words in [
        ["--count", "0"],
        ["--count", "1001"],
        ["--count", "-3"],
        ["--count", "4294967296"],
        ["--count", "many"],
        ["--scale", "far"],
        ["--seed", "-1"],
        ["--seed", "18446744073709551616"],
        ["--room", "attic"],
        ["--device", "tpu"],
    ] {
        let (status, said) = draw(folder.path(), &words);
        assert_eq!(status, Some(2), "{words:?}: {said}");
        assert!(said.contains(words[1]) && said.contains(words[0]), "{said}");
    }
    assert!(!folder.path().join("x.png").exists());
}

#[test]
fn what_is_read_is_not_replaced() {
    let folder = place();
    let before = std::fs::read(folder.path().join("a")).unwrap();
    for out in ["a", "./a", "none/../a"] {
        let (status, said) = draw(folder.path(), &["--out", out]);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.starts_with(&format!("error: {out}: ")), "{said}");
        assert!(said.contains("found what is read, a"), "{said}");
    }
    assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), before);
    let (status, said) = draw(folder.path(), &["--out", "none/x.png"]);
    let made = folder.path().join("none/x.png").exists();
    assert_eq!(status == Some(0), made, "{said}");
}

#[test]
fn a_file_of_something_else_is_named() {
    let folder = place();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("text"), "no checkpoint").unwrap();
    Checkpoint::default().save(&at("empty")).unwrap();
    let whole = Checkpoint::load(&at("a")).unwrap();
    let mut without = whole.clone();
    without.notes.retain(|name, _| !name.starts_with("wish."));
    without.save(&at("untold")).unwrap();
    let bytes = std::fs::read(at("a")).unwrap();
    std::fs::write(at("half"), &bytes[..bytes.len() / 2]).unwrap();
    for (model, complaint) in [
        ("text", "expected a whole safetensors file"),
        ("half", "expected a whole safetensors file"),
        ("empty", "expected the checkpoint of a VQ-GAN, found no `"),
        ("untold", "expected the checkpoint of an artist, found no `wish."),
        (".", "expected a plain file, found a folder"),
    ] {
        let mut program = program(&["--model", model, "--out", "x.png"]);
        let done = program.current_dir(folder.path()).output().unwrap();
        let (status, said) = told(done);
        assert_eq!(status, Some(1), "{model}: {said}");
        let start = format!("error: {model}: {complaint}");
        assert!(said.starts_with(&start) || model == ".", "{said}");
        assert!(!at("x.png").exists());
    }
}

/// With nothing but a workbook, what its own run has left is drawn with; without that, the committed one.
#[test]
fn without_a_word_the_trained_one_draws_or_else_the_committed_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::create_dir_all(root.join("chapters/10-vq-gan")).unwrap();
    let draw = || {
        let mut program = program(&[]);
        program.current_dir(&root).env("WORKBOOK_ROOT", &root);
        told(program.output().unwrap())
    };
    let runs = root.join("target/runs/vq-gan");
    let own = runs.join("checkpoints/artist.safetensors");
    let (status, said) = draw();
    assert_eq!(status, Some(1));
    let wanted = format!("error: {}: no such file; ", own.display());
    assert!(said.starts_with(&wanted), "{said}");
    let committed = root.join("book/models/vq-gan/artist.safetensors");
    std::fs::create_dir_all(committed.parent().unwrap()).unwrap();
    save_artist(&committed);
    let drawn = runs.join("drawn.png");
    let last = format!("{}: written\n", drawn.display());
    let line = "the committed model of the book's own run; one that you train goes before it";
    let first = format!("{}: {line}\n", committed.display());
    assert_eq!(draw(), (Some(0), format!("{first}{last}")));
    let picture = std::fs::read(&drawn).unwrap();
    std::fs::create_dir_all(own.parent().unwrap()).unwrap();
    std::fs::rename(&committed, &own).unwrap();
    assert_eq!(draw(), (Some(0), last));
    assert_eq!(std::fs::read(&drawn).unwrap(), picture);
}
