//! The program `gan`: seeds, signals, and what it refuses to replace.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use gan::CHAPTER;
use gan::training::{Noise, save_generator};
use gradients::plain::{Activation, Mlp};
use lab::{Checkpoint, largest_seed_run, rng_at};

#[test]
fn any_seed_is_one() {
    let folder = tempfile::tempdir().unwrap();
    for experiment in ["switches", "ring", "noise"] {
        largest_seed_run(&CHAPTER, experiment, folder.path());
    }
}

/// A generator that has learnt nothing.
fn save_some_generator(path: &Path, stream: u64) {
    let leaky = Activation::LeakyRelu(0.2);
    let rng = &mut rng_at(1, stream);
    let g = Mlp::new(&[4, 784], leaky, Activation::Tanh, rng);
    let mut checkpoint = Checkpoint::default();
    save_generator(Noise::normal(4), &g, &mut checkpoint);
    checkpoint.save(path).unwrap();
}

fn sample(folder: &Path, out: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_gan"));
    program.args(["sample", "--checkpoint", "g", "--out", out]);
    program.args(["--count", "2", "--seed", &u64::MAX.to_string()]);
    program.current_dir(folder).output().unwrap()
}

#[test]
fn a_picture_does_not_replace_its_generator() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    save_some_generator(&at("g"), 0);
    let before = std::fs::read(at("g")).unwrap();
    let done = sample(folder.path(), "./g");
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(
        said,
        "error: ./g: expected a file to write, found what is read, g\n"
    );
    assert_eq!(std::fs::read(at("g")).unwrap(), before);
    assert!(sample(folder.path(), "x.png").status.success());
    assert!(std::fs::read(at("x.png")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn the_committed_generator_draws_for_who_has_trained_none() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::create_dir_all(root.join("chapters/03-gan")).unwrap();
    let draw = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_gan"));
        program.args(["sample", "--out", "x.png", "--count", "2"]);
        program.env("WORKBOOK_ROOT", &root).current_dir(&root);
        let done = program.output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        (done.status.code(), said, std::fs::read(root.join("x.png")).ok())
    };
    let (status, said, _) = draw();
    assert_eq!(status, Some(1));
    let own = root.join("target/runs/gan/checkpoints/digits.safetensors");
    let wanted = format!("error: {}: ", own.display());
    assert!(said.starts_with(&wanted), "{said}");
    let committed = root.join("book/models/gan/digits.safetensors");
    save_some_generator(&committed, 0);
    let (status, said, committed_s) = draw();
    assert_eq!(status, Some(0), "{said}");
    let expected = format!(
        "{}: the committed model of the book's own run; one that you train goes before it\n",
        committed.display()
    );
    assert_eq!(said, format!("{expected}x.png: written\n"));
    save_some_generator(&own, 1);
    let (status, said, mine) = draw();
    assert_eq!((status, said.as_str()), (Some(0), "x.png: written\n"));
    assert_ne!(mine, committed_s);
}

/// Ninety short trainings, one a thread.
#[test]
#[cfg(unix)]
fn the_switches_stop_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_gan"));
    program.args(["--experiment", "switches", "--out"]).arg(folder.path());
    program.stdout(Stdio::null()).stderr(Stdio::piped());
    let child = program.spawn().unwrap();
    sleep(Duration::from_secs(2));
    let (start, id) = (Instant::now(), child.id().to_string());
    assert!(Command::new("kill").arg(id).status().unwrap().success());
    let done = child.wait_with_output().unwrap();
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(done.status.code(), Some(130));
    let said = String::from_utf8(done.stderr).unwrap();
    let (_, words) = said.split_once("stopped at step ").unwrap();
    let (step, words) = words.split_once(" of ").unwrap();
    let (name, _) = words.split_once(';').unwrap();
    let kept = format!("checkpoints/{name}.safetensors");
    let kept = folder.path().join(kept);
    if step == "0" {
        assert!(!kept.exists(), "what has not begun has nothing to keep");
        let all = std::fs::read_dir(folder.path().join("checkpoints"));
        let path = all.unwrap().map(|file| file.unwrap().path());
        let path = path
            .filter(|p| p.extension().is_some_and(|e| e == "safetensors"));
        let others: Vec<_> =
            path.map(|p| Checkpoint::load(&p).unwrap()).collect();
        assert!(!others.is_empty(), "others had begun");
        return;
    }
    let kept = Checkpoint::load(&kept).unwrap();
    assert_eq!(kept.number("generator.step").unwrap().to_string(), step);
}
