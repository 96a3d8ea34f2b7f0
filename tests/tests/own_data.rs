//! A reader's own data: as many images as there are do, or they are refused before anything is trained, by the name of their
//! folder, with what was expected and what was found.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use datasets::{Digits, Split, bundled};
use lab::{Chapter, Options, Scale, Selection, run_chapter};
use ndarray::{Array1, Array3, s};
use tempfile::TempDir;

/// Every experiment that reads `--data`.
const READERS: [(&Chapter, &[&str]); 9] = [
    (&gradients::CHAPTER, &["parity", "digits", "zero-start", "unscaled"]),
    (
        &discriminator_training::CHAPTER,
        &["parity", "digits-vs-noise", "digits-vs-blur", "article"],
    ),
    (&gan::CHAPTER, &["first steps", "digits", "few-images", "digits-dfdx"]),
    (&stability::CHAPTER, &["first steps", "digits-cures", "digits", "cost"]),
    (&codebook_lookup::CHAPTER, &["patches", "codebook", "cosine"]),
    (&straight_through::CHAPTER, &["patches"]),
    (
        &commitment_loss::CHAPTER,
        &[
            "who-moves",
            "beta",
            "reduction",
            "learning",
            "ema-fixed",
            "ema",
            "mismatched",
            "dead-codes",
            "usage",
            "batch-sizes",
            "late",
            "parity",
            "collapse",
            "levels",
        ],
    ),
    (
        &vq_vae::CHAPTER,
        &[
            "first steps",
            "digits",
            "digits-dfdx",
            "keras",
            "choices",
            "gradient",
            "ingredients",
            "rate",
            "ladder",
            "quantizers",
        ],
    ),
    (
        &code_prior::CHAPTER,
        &["switches", "draw", "draw-dfdx", "pixelcnn", "rates"],
    ),
];

type Images = (Array3<u8>, Array1<u8>);

/// The first images of a split of the bundled digits.
fn first(split: Split, n: usize) -> Images {
    let all = Digits::load(bundled(), split).unwrap();
    let images = all.images.slice(s![..n, .., ..]).to_owned();
    (images, all.labels.slice(s![..n]).to_owned())
}

/// A folder of four files, as `--data` wants it.
fn folder(train: &Images, test: &Images) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, (images, labels)) in [("train", train), ("t10k", test)] {
        let file = |kind: &str, rank: u8, dims: &[usize], data: &[u8]| {
            let mut bytes = vec![0, 0, 8, rank];
            for d in dims {
                bytes.extend((*d as u32).to_be_bytes());
            }
            bytes.extend(data);
            let name = format!("{name}-{kind}-idx{rank}-ubyte");
            fs::write(folder.path().join(name), bytes).unwrap();
        };
        let pixels: Vec<u8> = images.iter().copied().collect();
        file("images", 3, images.shape(), &pixels);
        file("labels", 1, labels.shape(), &labels.to_vec());
    }
    folder
}

/// What becomes of an experiment: it is done, or refused before anything was trained, or this says what is wrong.
fn refused(
    (chapter, experiment): (&'static Chapter, &str),
    scale: Scale,
    data: &Path,
) -> Result<Option<String>, String> {
    let out = tempfile::tempdir().unwrap();
    let options = Options {
        scale,
        quiet: true,
        data: Some(data.into()),
        out: Some(out.path().into()),
        ..Options::default()
    };
    let only = Selection::Only(experiment.into());
    let run = || run_chapter(chapter, options, only);
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(_)) => Ok(None),
        Ok(Err(error)) => {
            let said = format!("{error:#}");
            let begun = out.path().join("checkpoints").exists();
            let named = said
                .contains(&format!("{}: expected", data.display()))
                && said.contains(", found ");
            match named && !begun {
                true => Ok(Some(said)),
                false => Err(format!("trained before: {begun}; {said}")),
            }
        }
        Err(_) => Err("a panic".into()),
    }
}

/// Runs everything that reads data on some; gives for each what it was refused with, if it was.
fn everything(
    what: &str,
    scale: Scale,
    train: &Images,
    test: &Images,
    wanted: impl Fn(&str) -> bool,
) -> Vec<(String, Option<String>)> {
    let data = folder(train, test);
    let all = READERS.iter().flat_map(|(chapter, experiments)| {
        experiments.iter().map(move |e| (*chapter, *e))
    });
    let named = all.map(|(c, e)| (format!("{} {e}", c.name), (c, e)));
    let (mut outcomes, mut wrong) = (vec![], vec![]);
    for (name, experiment) in named.filter(|(name, _)| wanted(name)) {
        match refused(experiment, scale, data.path()) {
            Ok(said) => outcomes.push((name, said)),
            Err(said) => wrong.push(format!("{name}: {said}")),
        }
    }
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
    outcomes
}

/// The experiments of these that were refused, without the folder's name.
fn names(outcomes: &[(String, Option<String>)]) -> Vec<&str> {
    let refused = outcomes.iter().filter(|(_, said)| said.is_some());
    refused.map(|(name, _)| name.as_str()).collect()
}

/// Runs everything on so many training and test images: what is refused says how many of them it found.
fn taken_or_refused(n: usize, m: usize) {
    let (train, test) = (first(Split::Train, n), first(Split::Test, m));
    let what = format!("{n} training and {m} test images");
    let outcomes = everything(&what, Scale::Smoke, &train, &test, |_| true);
    for (name, said) in &outcomes {
        let Some(said) = said else { continue };
        let counted = |n| said.ends_with(&format!("images, found {n}"));
        let inked = said.contains("patches with ink, found ");
        assert!(counted(n) || counted(m) || inked, "{name}: {said}");
    }
    if n >= 153 && m >= 4 {
        assert_eq!(names(&outcomes), [""; 0], "{what}");
    }
}

#[test]
fn any_number_of_images_is_enough_or_refused() {
    for (n, m) in [(10, 50), (12, 2), (152, 1), (153, 4)] {
        taken_or_refused(n, m);
    }
}

#[test]
#[ignore = "takes minutes"]
fn many_numbers_of_images_are_enough_or_refused() {
    for n in [11, 19, 32, 64, 128, 190, 255, 300, 1000] {
        taken_or_refused(n, 255);
    }
    for m in [1, 2, 3, 9, 10, 11, 12, 19, 50] {
        taken_or_refused(300, m);
    }
}

/// At the book's scale a training takes minutes or hours: what is too few for it is said at once.
#[test]
fn what_is_too_few_is_refused_before_the_long_trainings() {
    let (train, test) = (first(Split::Train, 8), first(Split::Test, 50));
    let what = "8 training images at page scale";
    let outcomes = everything(what, Scale::Page, &train, &test, |_| true);
    let all: usize = READERS.iter().map(|(_, e)| e.len()).sum();
    assert_eq!(names(&outcomes).len(), all, "{outcomes:?}");

    let (train, test) = (first(Split::Train, 300), first(Split::Test, 1));
    let compare = |name: &str| {
        let judged = ["gan digits", "gan few", "vq-vae", "code-prior draw"];
        judged.iter().any(|start| name.starts_with(start))
            && !name.ends_with("first steps")
    };
    let what = "1 test image at page scale";
    let outcomes = everything(what, Scale::Page, &train, &test, compare);
    let refused = outcomes.iter().all(|(_, said)| said.is_some());
    assert!(refused && outcomes.len() == 14, "{outcomes:?}");
}

#[test]
fn images_that_are_all_alike_are_refused() {
    let (train, test) = (first(Split::Train, 300), first(Split::Test, 50));
    let black = |n| (Array3::zeros((n, 28, 28)), Array1::zeros(n));
    let one = |n| {
        let image = train.0.slice(s![..1, .., ..]);
        (image.broadcast((n, 28, 28)).unwrap().to_owned(), Array1::zeros(n))
    };
    for scale in [Scale::Smoke, Scale::Page] {
        for train in [black(300), one(300)] {
            let outcomes =
                everything("alike", scale, &train, &test, |_| true);
            for (name, said) in outcomes {
                let said = said.expect(&name);
                let found = "found 300 training images that are all alike";
                assert!(said.contains(found), "{name}: {said}");
            }
        }
    }
    for test in [black(50), one(50), black(1)] {
        let outcomes =
            everything("alike", Scale::Smoke, &train, &test, |_| true);
        for (name, said) in outcomes {
            let without = ["parity", "first steps", "cost"];
            let reads = name.starts_with("commitment")
                || name.starts_with("vq-vae")
                || !without.iter().any(|end| name.ends_with(end));
            let told = said.is_some_and(|said| said.contains("all alike"));
            assert!(told || !reads, "{name}");
        }
    }
}

/// Drawings that are simpler than digits: one class, few kinds of patches, many images black, all of them aligned.
#[test]
fn drawings_of_few_kinds_are_taken_or_refused() {
    let bars = |n| {
        let bar = |(n, y, x): (usize, usize, usize)| {
            let drawn = n >= 12 && (y / 4 + n) % 7 < 2 && x / 4 == n % 5;
            if drawn { 255 } else { 0 }
        };
        (Array3::from_shape_fn((n, 28, 28), bar), Array1::zeros(n))
    };
    let what = "bars";
    let outcomes =
        everything(what, Scale::Smoke, &bars(300), &bars(50), |_| true);
    for (name, said) in outcomes {
        let one_grey = name.starts_with("commitment-loss");
        assert_eq!(said.is_some(), one_grey, "{name}: {said:?}");
    }
}
