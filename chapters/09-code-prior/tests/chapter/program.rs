//! The program `code-prior`: seeds, numbers that are too large, and outputs that are inputs.

use std::path::Path;
use std::process::Command;

use code_prior::CHAPTER;
use lab::largest_seed_run;
use vq_vae::coding::png_of;

use crate::coding::save_pair;

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
        "error: --digit {max}: there are 10000 digits, and 8 from that number on were asked for\n"
    );
    assert_eq!(said, expected);

    let seed = format!("--count 2 --seed {max} --out x.png");
    for command in ["sample", "complete"] {
        let done = run(&at, &format!("{command} {models} {seed}"));
        assert_eq!(done, (Some(0), "x.png: written\n".into()));
    }

    let sample = format!("sample {models} --count 2 --out x.png");
    for more in [
        "--class 7",
        "--class 0 --top-k 3 --top-p 0.9 --temperature 0.8",
        "--class 9 --room dfdx --top-p 1",
    ] {
        let done = run(&at, &format!("{sample} {more}"));
        assert_eq!(done, (Some(0), "x.png: written\n".into()), "{more}");
    }
    for (more, complaint) in [
        (
            "--class 10",
            "prior.safetensors: expected a class below 10, found 10",
        ),
        ("--top-k 0", "top-k: expected at least 1 code"),
        ("--top-p 0", "top-p: expected more than 0 and at most 1, found 0"),
        (
            "--top-p 1.5",
            "top-p: expected more than 0 and at most 1, found 1.5",
        ),
        (
            "--top-p nan",
            "top-p: expected more than 0 and at most 1, found NaN",
        ),
        ("--temperature inf", "expected a finite temperature"),
        ("--temperature -1", "expected a finite temperature"),
    ] {
        let (status, said) = run(&at, &format!("{sample} {more}"));
        assert_eq!(status, Some(1), "{more}: {said}");
        let start = format!("error: {complaint}");
        assert!(said.starts_with(&start), "{more}: {said}");
    }

    for out in [
        "prior.safetensors",
        "./tokeniser.safetensors",
        "none/../prior.safetensors",
    ] {
        let read = at.join(Path::new(out).file_name().unwrap());
        let before = std::fs::read(&read).unwrap();
        let (status, said) =
            run(&at, &format!("sample {models} --out {out}"));
        assert_eq!(status, Some(1));
        assert!(said.contains("found what is read, "), "{said}");
        assert_eq!(std::fs::read(&read).unwrap(), before);
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

/// The same for a reader whose workbook is there, and nothing else.
fn run_in(root: &Path, words: &str) -> (Option<i32>, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_code-prior"));
    program.args(words.split(' ')).current_dir(root);
    let done = program.env("WORKBOOK_ROOT", root).output().unwrap();
    (done.status.code(), String::from_utf8(done.stderr).unwrap())
}

#[test]
fn the_committed_pair_draws_for_who_has_trained_none() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::create_dir_all(root.join("chapters/09-code-prior")).unwrap();
    let save = |folder: &Path, seed: u64| {
        let at = |name: &str| folder.join(format!("{name}.safetensors"));
        std::fs::create_dir_all(folder).unwrap();
        save_pair(seed, &at("tokeniser"), &at("prior"));
    };
    let draw = |words: &str| run_in(&root, &format!("{words} --out y.png"));
    let (status, said) = draw("sample");
    assert_eq!(status, Some(1));
    let own = root.join("target/runs/code-prior/checkpoints");
    let tokeniser = own.join("tokeniser.safetensors");
    let wanted = format!("error: {}: no such file", tokeniser.display());
    assert!(said.starts_with(&wanted), "{said}");
    let committed = root.join("book/models/code-prior");
    save(&committed, 1);
    let expected = ["tokeniser", "prior"].map(|name| {
        let path = committed.join(format!("{name}.safetensors"));
        let line = "the committed model of the book's own run; one that you train goes before it";
        format!("{}: {line}\n", path.display())
    });
    let said_of_it = expected.concat();
    let expected = (Some(0), format!("{said_of_it}y.png: written\n"));
    assert_eq!(draw("sample --count 2"), expected);
    let x = png_of(&[0.5; 784], Path::new("x")).unwrap();
    std::fs::write(root.join("x.png"), x).unwrap();
    let (status, said) = run_in(&root, "compress x.png --out x.vqp");
    assert_eq!(status, Some(0), "{said}");
    assert!(said.starts_with(&said_of_it), "{said}");
    // Half a pair of one's own is none.
    std::fs::create_dir_all(&own).unwrap();
    std::fs::copy(committed.join("tokeniser.safetensors"), tokeniser)
        .unwrap();
    assert_eq!(draw("sample --count 2"), expected);
    save(&own, 1);
    let alone = (Some(0), "y.png: written\n".into());
    assert_eq!(draw("sample --count 2"), alone);
    // What the committed pair has written it reads when there is one of the reader's own, too.
    save(&own, 2);
    assert_eq!(draw("decompress x.vqp"), expected);
}

/// A folder with two pairs of models, an image and its compressed file.
fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    save_pair(1, &at("tokeniser"), &at("prior"));
    save_pair(2, &at("tokeniser2"), &at("prior2"));
    let x: Vec<f32> = (0..784).map(|p| (p % 29) as f32 / 40.0).collect();
    std::fs::write(at("x.png"), png_of(&x, &at("x")).unwrap()).unwrap();
    let (status, said) =
        run(folder.path(), &format!("compress x.png -o x.vqp {PAIR}"));
    assert_eq!(status, Some(0), "{said}");
    let size = std::fs::metadata(at("x.vqp")).unwrap().len();
    assert_eq!(said, format!("x.vqp: {size} bytes\n"));
    folder
}

const PAIR: &str = "--tokeniser tokeniser --prior prior";

#[test]
fn a_file_is_the_same_for_every_number_of_threads() {
    let folder = place();
    let at = |name: &str| folder.path().join(name);
    let mut read = Vec::new();
    for threads in ["1", "2", "3"] {
        for words in ["compress x.png -o y.vqp", "decompress x.vqp -o y.png"]
        {
            let mut program = Command::new(env!("CARGO_BIN_EXE_code-prior"));
            program.args(words.split(' ')).args(PAIR.split(' '));
            program
                .current_dir(folder.path())
                .env("RAYON_NUM_THREADS", threads);
            assert!(program.output().unwrap().status.success());
        }
        read.push(
            ["y.vqp", "y.png"].map(|name| std::fs::read(at(name)).unwrap()),
        );
    }
    assert_eq!(read[0][0], std::fs::read(at("x.vqp")).unwrap());
    assert!(read.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn what_is_read_is_not_replaced_and_what_is_missing_is_named() {
    let folder = place();
    let names = ["tokeniser", "prior", "x.png", "x.vqp"];
    let contents =
        || names.map(|name| std::fs::read(folder.path().join(name)).unwrap());
    let before = contents();
    for (command, from) in [("compress", "x.png"), ("decompress", "x.vqp")] {
        for out in [from, "tokeniser", "./prior"] {
            let (status, said) = run(
                folder.path(),
                &format!("{command} {from} -o {out} {PAIR}"),
            );
            assert_eq!(status, Some(1), "{said}");
            assert!(said.starts_with(&format!("error: {out}: ")), "{said}");
            assert!(said.contains("found what is read, "), "{said}");
        }
        let (status, said) =
            run(folder.path(), &format!("{command} none -o new {PAIR}"));
        assert_eq!(status, Some(1), "{said}");
        assert!(said.starts_with("error: none: "), "{said}");
        let words = format!(
            "{command} {from} -o new --tokeniser tokeniser --prior none"
        );
        let (_, said) = run(folder.path(), &words);
        assert!(said.contains("none: no such file; `cargo run -p"), "{said}");
    }
    assert_eq!(contents(), before);
    assert!(!folder.path().join("new").exists());
}

/// Neither a file of one pair with another, nor a prior with a tokeniser whose codes it has not learnt.
#[test]
fn models_that_do_not_belong_together_do_nothing() {
    let folder = place();
    let wrong = "--tokeniser tokeniser2 --prior prior";
    for command in
        ["compress x.png", "decompress x.vqp", "sample", "complete"]
    {
        let (status, said) =
            run(folder.path(), &format!("{command} --out new.png {wrong}"));
        assert_eq!(status, Some(1), "{command}: {said}");
        assert!(
            said.starts_with(
                "error: prior: expected the checkpoint of a prior"
            ),
            "{said}"
        );
        assert!(said.contains("over the codes of tokeniser "), "{said}");
        assert!(said.contains("tokeniser2 is "), "{said}");
    }
    let other = "--tokeniser tokeniser2 --prior prior2";
    let (status, said) = run(
        folder.path(),
        &format!("decompress x.vqp --out new.png {other}"),
    );
    assert_eq!(status, Some(1));
    assert!(
        said.starts_with(
            "error: x.vqp: expected what the pair of tokeniser and prior "
        ),
        "{said}"
    );
    assert!(!folder.path().join("new.png").exists());
}
