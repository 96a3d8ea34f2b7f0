//! The program `vq-vae`: what it refuses to read and to replace, and how it leaves what it writes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lab::{Options, Scale, Selection, run_chapter};
use vq_vae::CHAPTER;
use vq_vae::coding::{Compressor, png_of};

use crate::coding::made;

/// A folder with a compressor, an image and its compressed file.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        made(1).save(&place.at("model")).unwrap();
        let x: Vec<f32> = (0..784).map(|p| (p % 29) as f32 / 28.0).collect();
        let png = png_of(&x, Path::new("x")).unwrap();
        std::fs::write(place.at("x.png"), png).unwrap();
        assert!(place.run("compress", "x.png", "x.vq").status.success());
        place
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, command: &str, from: &str, out: &str) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_vq-vae"));
        let words = [command, from, "--out", out, "--checkpoint", "model"];
        program.args(words).current_dir(self.0.path()).output().unwrap()
    }

    /// What is said when it fails, and that nothing has changed.
    fn refusal(&self, command: &str, from: &str, out: &str) -> String {
        let names = ["model", "x.png", "x.vq"];
        let before = names.map(|name| std::fs::read(self.at(name)).unwrap());
        let done = self.run(command, from, out);
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{from} {out}: {said}");
        for (name, before) in names.iter().zip(before) {
            assert_eq!(std::fs::read(self.at(name)).unwrap(), before);
        }
        said
    }
}

#[test]
fn an_output_that_is_read_is_refused() {
    let place = Place::new();
    for (command, from) in [("compress", "x.png"), ("decompress", "x.vq")] {
        let whole = place.at("model");
        for out in [from, "model", whole.to_str().unwrap()] {
            let said = place.refusal(command, from, out);
            assert!(said.starts_with(&format!("error: {out}: ")), "{said}");
            assert!(said.contains("found what is read, "), "{said}");
        }
    }
}

#[test]
#[cfg(unix)]
fn what_is_no_plain_file_is_neither_read_nor_replaced() {
    let place = Place::new();
    let made = Command::new("mkfifo").arg(place.at("pipe")).status();
    assert!(made.unwrap().success());
    std::fs::create_dir(place.at("folder")).unwrap();
    let odd = [
        ("pipe", "a pipe"),
        ("folder", "a folder"),
        ("/dev/zero", "a device"),
    ];
    for (name, kind) in odd {
        let found =
            format!("error: {name}: expected a plain file, found {kind}\n");
        for (command, from) in [("compress", "x.png"), ("decompress", "x.vq")]
        {
            assert_eq!(place.refusal(command, name, "new"), found);
            // A device is not put at risk.
            if !name.starts_with('/') {
                assert_eq!(place.refusal(command, from, name), found);
            }
        }
    }
    assert!(!place.at("new").exists());
}

#[test]
fn a_file_that_is_too_large_is_named() {
    let place = Place::new();
    for (command, most) in [("compress", 1 << 28), ("decompress", 1 << 14)] {
        let large = std::fs::File::create(place.at("large")).unwrap();
        large.set_len(2 * most).unwrap(); // of nothing: it takes no place
        let said = place.refusal(command, "large", "new");
        let expected = format!(
            "error: large: expected at most {most} bytes, found {}\n",
            2 * most
        );
        assert_eq!(said, expected);
    }
}

#[test]
fn the_compressor_that_is_wanted_is_named() {
    let place = Place::new();
    made(2).save(&place.at("model")).unwrap();
    let said = place.refusal("decompress", "x.vq", "new");
    assert!(said.starts_with("error: x.vq: "), "{said}");
    let wanted = made(1).fingerprint();
    let kept = format!("compressor-{wanted}.safetensors");
    assert!(said.contains(&kept), "{said}");
}

#[test]
fn the_committed_compressor_serves_who_has_trained_none() {
    let place = Place::new();
    let root = place.0.path().canonicalize().unwrap();
    std::fs::create_dir_all(root.join("chapters/08-vq-vae")).unwrap();
    let run = |command: &str, from: &str, out: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_vq-vae"));
        program.args([command, from, "--out", out]);
        program.env("WORKBOOK_ROOT", &root).current_dir(&root);
        let done = program.output().unwrap();
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    let committed = root.join("book/models/vq-vae/compressor.safetensors");
    made(1).save(&committed).unwrap();
    let line = format!(
        "{}: the committed model of the book's own run; one that you train goes before it\n",
        committed.display()
    );
    let (status, said) = run("compress", "x.png", "y.vq");
    assert_eq!(status, Some(0), "{said}");
    assert!(said.starts_with(&line), "{said}");
    let written = |out: &str| (Some(0), format!("{line}{out}: written\n"));
    assert_eq!(run("decompress", "y.vq", "y.png"), written("y.png"));
    // What it has written it reads when there is one of the reader's own, too.
    let own =
        root.join("target/runs/vq-vae/checkpoints/compressor.safetensors");
    made(2).save(&own).unwrap();
    assert_eq!(run("decompress", "y.vq", "z.png"), written("z.png"));
    let read = |name: &str| std::fs::read(root.join(name)).unwrap();
    assert_eq!(read("z.png"), read("y.png"));
    let (status, said) = run("compress", "x.png", "z.vq");
    assert_eq!(status, Some(0), "{said}");
    assert!(!said.contains("committed"), "{said}");
    assert_ne!(read("z.vq"), read("y.vq"));
    // A third one's file is refused as ever.
    made(3).save(&own).unwrap();
    let (status, said) = run("decompress", "z.vq", "new");
    assert_eq!(status, Some(1));
    let wanted = format!("compressor-{}", made(2).fingerprint());
    assert!(said.contains(&wanted), "{said}");
}

#[test]
fn a_prior_is_sent_to_the_chapter_that_has_one() {
    let place = Place::new();
    for (command, from) in [("compress", "x.png"), ("decompress", "x.vq")] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_vq-vae"));
        let words = [command, from, "-o", "new", "--prior", "any"];
        program.args(words).current_dir(place.0.path());
        let done = program.output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{said}");
        let expected = "error: --prior: a prior's files are made by `cargo run -p code-prior -- compress`";
        assert!(said.starts_with(expected), "{said}");
        assert!(!place.at("new").exists());
    }
}

#[test]
fn a_run_keeps_the_compressor_that_it_replaces() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("checkpoints");
    std::fs::create_dir(&at).unwrap();
    let before = made(1);
    before.save(&at.join("compressor.safetensors")).unwrap();
    let run = || {
        let options = Options {
            scale: Scale::Smoke,
            quiet: true,
            out: Some(folder.path().into()),
            ..Options::default()
        };
        let only = Selection::Only("digits".into());
        run_chapter(&CHAPTER, options, only).unwrap();
        let files = std::fs::read_dir(&at).unwrap().flatten();
        let name = |f: std::fs::DirEntry| f.file_name().into_string();
        let mut names: Vec<_> = files.map(|f| name(f).unwrap()).collect();
        names.retain(|name| name.starts_with("compressor"));
        names.sort();
        names
    };
    let kept = format!("compressor-{}.safetensors", before.fingerprint());
    let both = [kept.clone(), "compressor.safetensors".into()];
    assert_eq!(run(), both);
    assert_eq!(run(), both, "the same again replaces nothing");
    let after = Compressor::load(&at.join(kept)).unwrap();
    assert_eq!(after.fingerprint(), before.fingerprint());
}

#[test]
#[cfg(unix)]
fn the_umask_decides_who_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    for (umask, mode) in [("022", 0o644), ("077", 0o600), ("002", 0o664)] {
        let script = format!(
            "umask {umask}; \"$0\" compress x.png -o a --checkpoint model \
             && \"$0\" decompress a -o b --checkpoint model"
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_vq-vae")]);
        let done = shell.current_dir(place.0.path()).output();
        assert!(done.unwrap().status.success());
        for name in ["a", "b"] {
            let about = std::fs::metadata(place.at(name)).unwrap();
            let found = about.permissions().mode() & 0o777;
            assert_eq!(found, mode, "{name} under {umask}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_is_written_though_nobody_listens() {
    let place = Place::new();
    let full = std::fs::File::options().write(true).open("/dev/full");
    let mut program = Command::new(env!("CARGO_BIN_EXE_vq-vae"));
    let words = ["compress", "x.png", "-o", "y.vq", "--checkpoint", "model"];
    program.args(words).current_dir(place.0.path()).stderr(full.unwrap());
    assert!(program.status().unwrap().success());
    let [x, y] = ["x.vq", "y.vq"].map(|f| std::fs::read(place.at(f)));
    assert_eq!(x.unwrap(), y.unwrap());
}
