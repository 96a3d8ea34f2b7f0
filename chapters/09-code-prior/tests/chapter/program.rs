//! The program `code-prior`: seeds, numbers that are too large, and outputs that are inputs.

use std::path::Path;
use std::process::Command;

use code_prior::CHAPTER;
use code_prior::model::{Prior, Sizes};
use code_prior::training::save;
use lab::{Checkpoint, largest_seed_run, rng_at};
use vq_vae::model::VqVae;

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

/// A tokeniser of four codes on a grid of 2 × 2, and a prior over its codes, that have learnt nothing.
fn save_some_pair(folder: &Path) {
    let (width, channels, patch, blocks) = (2, 3, 14, 1);
    let sizes =
        vq_vae::model::Sizes { codes: 4, width, channels, patch, blocks };
    let network = VqVae::<f32>::new(sizes, &mut rng_at(5, 0));
    let sizes = Sizes { codes: 4, places: 4, width: 4, heads: 2, blocks: 1 };
    let over_codes = Prior::new(sizes, &mut rng_at(5, 1)).unwrap();
    let [mut tokeniser, mut prior] = [(); 2].map(|()| Checkpoint::default());
    network.save(&mut tokeniser);
    save(&over_codes, &mut prior);
    prior.note("prior.tokeniser", network.fingerprint());
    tokeniser.save(&folder.join("tokeniser.safetensors")).unwrap();
    prior.save(&folder.join("prior.safetensors")).unwrap();
}

#[test]
fn the_committed_pair_draws_for_who_has_trained_none() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::create_dir_all(root.join("chapters/09-code-prior")).unwrap();
    let draw = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_code-prior"));
        program.args(["sample", "--out", "x.png", "--count", "2"]);
        program.env("WORKBOOK_ROOT", &root).current_dir(&root);
        let done = program.output().unwrap();
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    let (status, said) = draw();
    assert_eq!(status, Some(1));
    let own = root.join("target/runs/code-prior/checkpoints");
    let tokeniser = own.join("tokeniser.safetensors");
    let wanted = format!("error: {}: no such file", tokeniser.display());
    assert!(said.starts_with(&wanted), "{said}");
    let committed = root.join("book/models/code-prior");
    save_some_pair(&committed);
    let expected = ["tokeniser", "prior"].map(|name| {
        let path = committed.join(format!("{name}.safetensors"));
        let line = "the committed model of the book's own run; one that you train goes before it";
        format!("{}: {line}\n", path.display())
    });
    let expected = (Some(0), expected.concat());
    assert_eq!(draw(), expected);
    // Half a pair of one's own is none.
    std::fs::create_dir_all(&own).unwrap();
    std::fs::copy(committed.join("tokeniser.safetensors"), tokeniser)
        .unwrap();
    assert_eq!(draw(), expected);
    save_some_pair(&own);
    assert_eq!(draw(), (Some(0), String::new()));
}
