//! A reader's own data: as many images as there are do, or they are refused before anything is trained, by the name of their
//! folder, with what was expected and what was found.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use datasets::{Digits, PictureSet, Split, bundled};
use lab::{Chapter, Options, Scale, Selection, Within, run_chapter};
use ndarray::{Array1, Array3, Array4, s};
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

/// What an experiment has measured, times aside, or what it was refused with.
type Outcome = Result<BTreeMap<String, f64>, String>;

/// What becomes of an experiment: it is done, or refused before anything was trained, or this says what is wrong.
fn outcome(
    (chapter, experiment): (&'static Chapter, &str),
    scale: Scale,
    data: &Path,
) -> Result<Outcome, String> {
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
        Ok(Ok(report)) => {
            let all = report.measured.into_iter();
            let all = all.filter(|(_, m)| m.within != Within::Timing);
            Ok(Ok(all.map(|(name, m)| (name, m.value)).collect()))
        }
        Ok(Err(error)) => {
            let said = format!("{error:#}");
            let begun = out.path().join("checkpoints").exists();
            let name = data.display();
            let named = said.contains(&format!("{name}: expected"))
                || said.starts_with(&format!("{name}, whose pictures are"));
            match named && said.contains(", found ") && !begun {
                true => Ok(Err(said)),
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
    let all = outcomes(what, scale, data.path(), wanted);
    all.into_iter().map(|(name, it)| (name, it.err())).collect()
}

fn outcomes(
    what: &str,
    scale: Scale,
    data: &Path,
    wanted: impl Fn(&str) -> bool,
) -> Vec<(String, Outcome)> {
    let all = READERS.iter().flat_map(|(chapter, experiments)| {
        experiments.iter().map(move |e| (*chapter, *e))
    });
    let named = all.map(|(c, e)| (format!("{} {e}", c.name), (c, e)));
    let (mut outcomes, mut wrong) = (vec![], vec![]);
    for (name, experiment) in named.filter(|(name, _)| wanted(name)) {
        match outcome(experiment, scale, data) {
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
    let labels = |n| (0..n).map(|n| (n % 10) as u8).collect();
    let black = |n| (Array3::zeros((n, 28, 28)), labels(n));
    let one = |n| {
        let image = train.0.slice(s![..1, .., ..]);
        (image.broadcast((n, 28, 28)).unwrap().to_owned(), labels(n))
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
        let one_class = OF_CLASSES.contains(&name.as_str());
        assert_eq!(said.is_some(), one_grey || one_class, "{name}: {said:?}");
        assert_eq!(
            said.is_some_and(|said| said.ends_with("apart, found 1")),
            one_class,
            "{name}"
        );
    }
}

/// What tells classes apart.
const OF_CLASSES: [&str; 10] = [
    "gradients digits",
    "gradients zero-start",
    "gradients unscaled",
    "gan digits",
    "gan few-images",
    "gan digits-dfdx",
    "stability digits-cures",
    "stability digits",
    "code-prior draw",
    "code-prior draw-dfdx",
];

/// What is told classes and judges nothing by them: a comparison of rooms, and priors that are told what they draw.
const TOLD: [&str; 4] = [
    "gradients parity",
    "code-prior switches",
    "code-prior pixelcnn",
    "code-prior rates",
];

/// Some of each chapter that is not refused for want of classes.
const WITHOUT: [&str; 7] = [
    "discriminator-training digits-vs-noise",
    "gan first steps",
    "stability first steps",
    "codebook-lookup patches",
    "straight-through patches",
    "commitment-loss usage",
    "vq-vae digits",
];

/// One of each chapter.
const ONE_EACH: [&str; 9] = [
    "gradients digits",
    "discriminator-training digits-vs-noise",
    "gan digits",
    "stability first steps",
    "codebook-lookup patches",
    "straight-through patches",
    "commitment-loss usage",
    "vq-vae digits",
    "code-prior draw",
];

fn same_with_any_classes(wanted: impl Fn(&str) -> bool) {
    let (train, test) = (first(Split::Train, 300), first(Split::Test, 50));
    let [one, many] = [1, 10].map(|classes| {
        let of = |(images, _): &Images| {
            let labels = (0..images.len_of(ndarray::Axis(0)))
                .map(|n| (n % classes) as u8);
            (images.clone(), labels.collect())
        };
        let data = folder(&of(&train), &of(&test));
        let what = format!("{classes} classes");
        outcomes(&what, Scale::Smoke, data.path(), &wanted)
    });
    assert!(one.len() >= WITHOUT.len());
    for ((name, one), (_, many)) in one.iter().zip(&many) {
        let one = one.as_ref().unwrap_or_else(|said| panic!("{said}"));
        assert_eq!(one, many.as_ref().unwrap(), "{name}");
    }
}

fn runs_on_emoji(wanted: impl Fn(&str) -> bool) {
    let all = outcomes("emoji", Scale::Smoke, Path::new("emoji"), wanted);
    assert!(all.len() >= ONE_EACH.len());
    for (name, it) in all {
        assert!(it.is_ok(), "{name}: {it:?}");
    }
}

/// What is not refused for want of classes does not look at them.
#[test]
fn what_runs_without_classes_has_the_same_numbers_with_any() {
    same_with_any_classes(|name| WITHOUT.contains(&name));
}

#[test]
#[ignore = "takes a minute"]
fn all_that_runs_without_classes_has_the_same_numbers_with_any() {
    same_with_any_classes(|name| {
        !OF_CLASSES.contains(&name) && !TOLD.contains(&name)
    });
}

/// The emoji suit every chapter.
#[test]
fn every_chapter_runs_on_the_emoji() {
    runs_on_emoji(|name| ONE_EACH.contains(&name));
}

#[test]
#[ignore = "takes a minute"]
fn everything_runs_on_the_emoji() {
    runs_on_emoji(|_| true);
}

/// Drawings in colour, none of 28 × 28 pixels, in dark on white: so many in each class.
fn pictures(at: &Path, classes: usize, each: usize) {
    for class in 0..classes {
        let below = match classes {
            1 => at.to_path_buf(),
            _ => at.join(format!("{class:02}")),
        };
        for n in 0..each {
            let (height, width) = (40 + n % 9, 44 + class);
            let shape = (1, height, width, 3);
            let images = Array4::from_shape_fn(shape, |(_, y, x, c)| {
                let across = y.abs_diff(12 + n % 16) < 3 && x > 9 && x < 36;
                let down = x.abs_diff(13 + 2 * class) < 3 && y > 8;
                match (across || down, c) {
                    (true, 2) => 120,
                    (true, _) => (n % 50) as u8,
                    (false, _) => 255,
                }
            });
            let (labels, names) = (vec![0].into(), vec![String::new()]);
            let one = PictureSet { images, labels, classes: names };
            let path = below.join(format!("{n:03}.png"));
            one.save_png(0, &path).unwrap();
        }
    }
}

/// Any folder of pictures is data, or it is said why not.
#[test]
fn folders_of_pictures_are_taken_or_refused() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    pictures(&at("three"), 3, 70);
    pictures(&at("one"), 1, 210);
    pictures(&at("eleven"), 11, 20);
    pictures(&at("few"), 2, 20);
    pictures(&at("hardly"), 2, 3);
    let wanted = [
        "gan first steps",
        "gan few-images",
        "vq-vae first steps",
        "vq-vae rate",
    ];
    let of = |name: &str| {
        let all = outcomes(name, Scale::Smoke, &at(name), |name| {
            wanted.contains(&name)
        });
        let all = all.into_iter().map(|(name, it)| (name, it.err()));
        all.collect::<Vec<_>>()
    };
    assert_eq!(names(&of("three")), [""; 0]);
    for (name, found) in [("one", 1), ("eleven", 11)] {
        let outcomes = of(name);
        assert_eq!(names(&outcomes), ["gan few-images"], "{outcomes:?}");
        let said = outcomes[1].1.as_ref().unwrap();
        let expected = "expected 2 to 10 classes, a subfolder of pictures";
        assert!(said.contains(expected), "{said}");
        assert!(said.ends_with(&format!("found {found}")), "{said}");
    }
    for (name, said) in of("few") {
        let counted = |said: String| said.ends_with("images, found 36");
        assert_eq!(said.is_some_and(counted), name.starts_with("gan"));
    }
    for (name, said) in of("hardly") {
        let said = said.expect(&name);
        assert!(said.contains("expected seven pictures of a"), "{said}");
    }
    fs::create_dir(at("bare")).unwrap();
    for (name, said) in of("bare") {
        let said = said.expect(&name);
        assert!(said.ends_with("found none of them"), "{said}");
    }
    let white = Array4::from_elem((1, 30, 30, 3), 255);
    let (labels, names) = (vec![0].into(), vec![String::new()]);
    let white = PictureSet { images: white, labels, classes: names };
    for n in 0..9 {
        let path = at("white").join(format!("{n}.png"));
        white.save_png(0, &path).unwrap();
    }
    for (name, said) in of("white") {
        let said = said.expect(&name);
        assert!(said.ends_with("found 9 that are all alike"), "{said}");
    }
}

/// Every experiment of chapter 10 that reads `--data`, and sees it in colour.
const IN_COLOUR: [&str; 5] = ["contrast", "ends", "emoji", "trade", "wish"];

/// What becomes of some of them.
fn in_colour(
    data: &Path,
    scale: Scale,
    experiments: &[&str],
) -> Vec<(String, Outcome)> {
    let one = |name: &&str| {
        let it = outcome((&vq_gan::CHAPTER, name), scale, data);
        (
            name.to_string(),
            it.unwrap_or_else(|wrong| panic!("{name}: {wrong}")),
        )
    };
    experiments.iter().map(one).collect()
}

fn taken(data: &Path, experiments: &[&str]) {
    for (name, it) in in_colour(data, Scale::Smoke, experiments) {
        let it = it.unwrap_or_else(|said| panic!("{name}: {said}"));
        let odd = it.iter().find(|(_, value)| !value.is_finite());
        assert_eq!(odd, None, "{name} on {}", data.display());
    }
}

/// Wishes of a folder are its subfolders, all by one artist.
#[test]
fn what_is_to_be_drawn_can_be_a_readers_own() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    pictures(&at("three"), 3, 40);
    pictures(&at("one"), 1, 80);
    for (name, classes) in [("three", 3.0), ("one", 1.0)] {
        let all = in_colour(&at(name), Scale::Smoke, &["wish"]);
        let it = all[0].1.as_ref().unwrap_or_else(|said| panic!("{said}"));
        assert_eq!(it["wish_count"], classes, "{name}");
        let shares = ["real", "rebuilt", "0", "1", "4"];
        for share in shares.map(|of| it[&format!("wish_{of}_artist")]) {
            assert_eq!(share, 1.0, "there is but one artist");
        }
    }
}

#[test]
fn chapter_ten_takes_pictures_emoji_and_digits() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    pictures(&at("eleven"), 11, 8);
    taken(&at("eleven"), &["contrast"]);
    taken(Path::new("emoji"), &["contrast"]);
    let digits = folder(&first(Split::Train, 64), &first(Split::Test, 4));
    taken(digits.path(), &["contrast"]);
}

#[test]
#[ignore = "takes a minute"]
fn all_of_chapter_ten_takes_pictures_emoji_and_digits() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    pictures(&at("three"), 3, 40);
    pictures(&at("one"), 1, 80);
    taken(&at("three"), &IN_COLOUR);
    taken(&at("one"), &IN_COLOUR);
    taken(Path::new("emoji"), &IN_COLOUR);
    let digits = folder(&first(Split::Train, 64), &first(Split::Test, 4));
    taken(digits.path(), &IN_COLOUR);
}

/// At every scale what is too few or all alike is refused before anything learns.
#[test]
fn what_chapter_ten_cannot_learn_from_is_refused_at_once() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let refused = |data: &Path, scale, end: &str| {
        for (name, it) in in_colour(data, scale, &IN_COLOUR) {
            let said = it.err().unwrap_or_else(|| panic!("{name} on {end}"));
            assert!(said.ends_with(end), "{name}: {said}");
        }
    };
    pictures(&at("few"), 2, 35);
    // Four are held back of which three would not do: recall has three neighbours.
    pictures(&at("hardly"), 30, 3);
    pictures(&at("hardly/30"), 1, 21);
    let same = at("alike");
    for n in 0..90 {
        let images = Array4::from_elem((1, 20, 20, 3), 200);
        let (labels, names) = (vec![0].into(), vec![String::new()]);
        let one = PictureSet { images, labels, classes: names };
        one.save_png(0, &same.join(format!("{n}.png"))).unwrap();
    }
    fs::create_dir(at("bare")).unwrap();
    let (train, test) = (first(Split::Train, 64), first(Split::Test, 4));
    let few = folder(&first(Split::Train, 63), &test);
    let held = folder(&train, &first(Split::Test, 3));
    for scale in [Scale::Smoke, Scale::Page, Scale::Full] {
        refused(&at("few"), scale, "found 60 and 10");
        refused(&at("hardly"), scale, "found 108 and 3");
        refused(&same, scale, "found all pixels alike");
        refused(&at("bare"), scale, "found 0 other files");
        refused(few.path(), scale, "found 63 and 4");
        refused(held.path(), scale, "found 64 and 3");
    }
}
