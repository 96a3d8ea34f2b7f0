//! Pictures in the place of the digits.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use datasets::{
    Channels, Digits, FourFiles, Inverting, PictureSet, PictureSource, Split,
    digest,
};
use image::imageops::FilterType;
use image::{
    DynamicImage, GrayImage, Luma, LumaA, Rgb, RgbImage, Rgba, RgbaImage,
};

const FORM: FourFiles = FourFiles::OF_DIGITS;

/// A light square on black, `n` pixels from the left.
fn light(n: u32) -> GrayImage {
    GrayImage::from_fn(28, 28, |x, y| {
        let inside = (n + 2..n + 8).contains(&x) && (9..15).contains(&y);
        Luma([if inside { 250 } else { 0 }])
    })
}

fn inverted(mut picture: GrayImage) -> GrayImage {
    image::imageops::invert(&mut picture);
    picture
}

/// A folder with so many pictures in each of some classes.
fn folder(at: &Path, classes: &[(&str, u32)], of: impl Fn(u32) -> GrayImage) {
    for (class, count) in classes {
        fs::create_dir_all(at.join(class)).unwrap();
        for n in 0..*count {
            let name = format!("{class}/{n:03}.png");
            of(n % 18).save(at.join(name)).unwrap();
        }
    }
}

fn source(at: &Path) -> PictureSource {
    PictureSource::named(at)
}

fn refused(at: &Path, out: &Path) -> String {
    let said = FORM.pack(&source(at), out).unwrap_err().to_string();
    let parent = out.parent().unwrap();
    let left = fs::read_dir(parent).unwrap().flatten();
    let hidden = left
        .filter(|e| e.file_name().to_string_lossy().starts_with('.'))
        .count();
    assert_eq!(hidden, 0, "nothing is left beside");
    said
}

#[test]
fn a_folder_of_pictures_becomes_digits() {
    let place = tempfile::tempdir().unwrap();
    let (at, out) = (place.path().join("own"), place.path().join("out"));
    folder(&at, &[("b", 15), ("a", 7)], light);
    fs::write(at.join("b/notes.txt"), "").unwrap();
    fs::create_dir(at.join("b/deeper")).unwrap();
    let said = FORM.pack(&source(&at), &out).unwrap();
    assert_eq!(
        said,
        "22 pictures in 2 classes, 19 for training and 3 for testing (every seventh of a class); \
         1 passed by as no PNG or JPEG, 1 passed by as a folder within a subfolder"
    );
    assert_eq!(FourFiles::said(&out).unwrap(), said);
    let [train, test] = [Split::Train, Split::Test]
        .map(|split| Digits::load_28x28(&out, split).unwrap());
    assert_eq!((train.len(), test.len()), (19, 3));
    assert_eq!(test.labels.to_vec(), [0, 1, 1]);
    assert_eq!(train.of_class(0).len(), 6);
    for (row, n) in [(0, 6), (1, 6), (2, 13)] {
        let held: Vec<u8> = test
            .images
            .index_axis(ndarray::Axis(0), row)
            .iter()
            .copied()
            .collect();
        assert_eq!(held, light(n).into_raw(), "the seventh of each class");
    }
    let table = fs::read_to_string(out.join("packed.txt")).unwrap();
    assert!(table.ends_with("\n0\t6\t1\ta\n1\t13\t2\tb\n"), "{table}");
    // Whole or not at all, and nothing is replaced.
    let before = digest(&out);
    let said = refused(&at, &out);
    let expected = "out: expected an empty folder, or none yet, found";
    assert!(said.contains(expected), "{said}");
    assert_eq!(digest(&out), before);
    fs::create_dir(place.path().join("empty")).unwrap();
    FORM.pack(&source(&at), &place.path().join("empty")).unwrap();
    fs::write(place.path().join("file"), "").unwrap();
    let said = refused(&at, &place.path().join("file"));
    assert!(said.ends_with("found a file"), "{said}");
}

#[test]
fn ink_is_white_when_all_is_done() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let classes = [("a", 14)];
    folder(&at("light"), &classes, light);
    folder(&at("paper"), &classes, |n| inverted(light(n)));
    let mixed = |n| if n < 7 { inverted(light(n)) } else { light(n) };
    folder(&at("mixed"), &classes, mixed);
    let said = |name: &str, inverting| {
        let form = FourFiles { inverting, ..FORM };
        let out = at(&format!("{name}-{inverting:?}"));
        let said = form.pack(&source(&at(name)), &out).unwrap();
        (digest(&out), said)
    };
    let (as_it_is, words) = said("light", Inverting::AsNeeded);
    assert!(!words.contains("inverted"), "{words}");
    let (paper, words) = said("paper", Inverting::AsNeeded);
    assert!(words.contains("all inverted, as white is ink"), "{words}");
    assert_eq!(paper, as_it_is);
    assert_eq!(said("light", Inverting::Never).0, as_it_is);
    let (other, words) = said("light", Inverting::Always);
    assert!(words.ends_with("; all inverted") && other != as_it_is);
    let (_, words) = said("mixed", Inverting::AsNeeded);
    let none = "none inverted, though the border of 7 is bright";
    assert!(words.contains(none), "{words}");
}

#[test]
fn what_nothing_can_be_learnt_from_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let out = at("out");
    folder(&at("few"), &[("a", 6), ("b", 6)], light);
    let said = refused(&at("few"), &out);
    let expected =
        "few: expected seven pictures of a class or more, as every seventh";
    assert!(said.contains(expected), "{said}");
    assert!(said.ends_with("found 12 in 2 classes"), "{said}");
    folder(&at("black"), &[("a", 9)], |_| GrayImage::new(28, 28));
    folder(&at("alike"), &[("a", 9)], |_| light(3));
    for name in ["black", "alike"] {
        let said = refused(&at(name), &out);
        let expected = format!("{name}: expected pictures that differ");
        assert!(said.contains(&expected), "{said}");
        assert!(said.ends_with("found 9 that are all alike"), "{said}");
    }
    folder(&at("torn"), &[("a", 9)], light);
    fs::write(at("torn/a/004.png"), "text").unwrap();
    assert!(refused(&at("torn"), &out).contains("004.png: expected a PNG"));
    fs::create_dir(at("bare")).unwrap();
    assert!(refused(&at("bare"), &out).contains("expected PNG or JPEG"));
    assert!(!out.exists());
}

#[test]
fn more_classes_than_there_are_answers_are_taken_as_one() {
    let place = tempfile::tempdir().unwrap();
    let (at, out) = (place.path().join("own"), place.path().join("out"));
    let names: Vec<String> = (10..21).map(|n| n.to_string()).collect();
    let classes: Vec<_> = names.iter().map(|n| (n.as_str(), 7)).collect();
    folder(&at, &classes, light);
    assert_eq!(source(&at).classes().unwrap(), 11);
    let said = FORM.pack(&source(&at), &out).unwrap();
    let words = "; more than 10 classes, so they are taken as one";
    assert!(said.ends_with(words), "{said}");
    let all = Digits::load_28x28(&out, Split::Train).unwrap();
    assert_eq!(all.of_class(0).len(), 66);
    let form = FourFiles { most_classes: 256, ..FORM };
    let out = place.path().join("more");
    form.pack(&source(&at), &out).unwrap();
    let all = Digits::load(&out, Split::Test).unwrap();
    assert_eq!(all.labels.to_vec(), (0..11).collect::<Vec<_>>());
}

#[test]
fn the_emoji_are_drawn_in_light_on_black() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let emoji = PictureSource::named(Path::new("emoji"));
    assert_eq!(emoji, PictureSource::Bundled);
    assert_ne!(emoji, PictureSource::named(Path::new("./emoji")));
    let said = FORM.pack(&emoji, &out).unwrap();
    assert!(said.contains("1906 scaled, 1906 made grey; all inv"), "{said}");
    for (split, n) in [(Split::Train, 1681), (Split::Test, 225)] {
        let all = Digits::load_28x28(&out, split).unwrap();
        let classes: BTreeSet<u8> = all.labels.iter().copied().collect();
        assert_eq!((all.len(), classes.len()), (n, 9));
        assert_eq!(emoji.classes().unwrap(), classes.len());
        let corners = all.images.slice(ndarray::s![.., 0, 0]);
        let black = corners.iter().filter(|v| **v < 64).count();
        assert!(black * 10 > n * 9, "{black} of {n}");
    }
}

#[test]
fn a_digest_is_of_what_is_made() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    for name in ["one", "same", "other", "classes"] {
        folder(&at(name), &[("a", 8)], light);
    }
    light(17).save(at("other/a/002.png")).unwrap();
    fs::rename(at("classes/a"), at("classes/b")).unwrap();
    let of = |name: &str, form: FourFiles| {
        form.digest(&source(&at(name))).unwrap()
    };
    assert_eq!(of("one", FORM), of("same", FORM));
    fs::write(at("same/a/notes.txt"), "").unwrap();
    assert_ne!(of("one", FORM), of("other", FORM));
    assert_ne!(of("one", FORM), of("classes", FORM));
    let small = FourFiles { side: 14, ..FORM };
    assert_ne!(of("one", FORM), of("one", small));
    assert_eq!(source(&at("one")).stem(), "one");
    assert_eq!(PictureSource::Bundled.stem(), "emoji");
}

/// A large picture is made small in two steps; `image` does it in one.
#[test]
fn large_pictures_are_scaled_as_image_does_it() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("large.png");
    let wave = |x: u32, y: u32, of: f64| {
        let v = (f64::from(x) / of).sin() * (f64::from(y) / 40.0).cos();
        (127.5 + 127.5 * v) as u8
    };
    for (width, height) in [(731, 402), (57, 56), (29, 28), (20, 300)] {
        let picture = RgbImage::from_fn(width, height, |x, y| {
            Rgb([wave(x, y, 50.0), wave(x, y, 31.0), wave(x, y, 90.0)])
        });
        picture.save(&path).unwrap();
        let (ours, made) =
            PictureSet::load_one(&path, 28, Channels::Colour).unwrap();
        let side = width.min(height);
        let (x, y) = ((width - side) / 2, (height - side) / 2);
        let theirs = DynamicImage::from(picture)
            .crop_imm(x, y, side, side)
            .resize_exact(28, 28, FilterType::Triangle)
            .to_rgb8();
        let apart = ours.images.iter().zip(theirs.as_raw());
        let apart = apart.map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(apart <= 12, "{width} × {height}: {apart}");
        let scaled = usize::from(side != 28);
        assert_eq!((made.cropped, made.scaled), (1, scaled));
    }
}

#[test]
fn every_kind_of_pixel_is_read() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("x.png");
    let read = |picture: DynamicImage| {
        picture.save(&path).unwrap();
        let (set, made) =
            PictureSet::load_one(&path, 8, Channels::Grey).unwrap();
        (set.images[[0, 4, 4, 0]], made)
    };
    let grey = GrayImage::from_pixel(8, 8, Luma([90]));
    let (v, made) = read(grey.into());
    assert_eq!((v, made.said()), (90, None));
    let clear = image::GrayAlphaImage::from_pixel(8, 8, LumaA([90, 0]));
    let (v, made) = read(clear.into());
    assert_eq!((v, made.said().unwrap().as_str()), (255, "1 put on white"));
    let half = RgbaImage::from_pixel(16, 8, Rgba([0, 0, 0, 128]));
    let (v, made) = read(half.into());
    assert_eq!(v, 127);
    assert_eq!(
        made.done().join(" "),
        "cropped to a square made grey put on white"
    );
    let deep = image::ImageBuffer::from_pixel(8, 8, Luma([0x5a5a_u16]));
    assert_eq!(read(DynamicImage::ImageLuma16(deep)).0, 90);
}

/// A camera that was held upright writes a picture that lies, and says so.
#[test]
fn a_photograph_is_turned_upright() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("x.jpg");
    // Bright on the left: turned clockwise by a quarter, on top.
    let picture = GrayImage::from_fn(32, 32, |x, _| {
        Luma([if x < 16 { 255 } else { 0 }])
    });
    picture.save(&path).unwrap();
    let plain = fs::read(&path).unwrap();
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]);
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend((exif.len() as u16 + 2).to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&plain[2..]);
    fs::write(&path, bytes).unwrap();
    let (set, made) =
        PictureSet::load_one(&path, 32, Channels::Grey).unwrap();
    assert_eq!(made.said().unwrap(), "1 turned upright");
    assert!(
        set.images[[0, 4, 28, 0]] > 200 && set.images[[0, 28, 4, 0]] < 50
    );
}

#[test]
fn pictures_in_colour_are_split_by_the_same_rule() {
    let place = tempfile::tempdir().unwrap();
    folder(place.path(), &[("a", 8), ("b", 3), ("c", 14)], light);
    let (all, _) =
        PictureSet::load_folder(place.path(), 32, Channels::Colour).unwrap();
    let (train, test) = all.clone().split();
    assert_eq!((train.len(), test.len()), (22, 3));
    assert_eq!(train.size(), (32, 32, 3));
    assert_eq!(test.labels.to_vec(), [0, 2, 2]);
    assert_eq!((&train.classes, &test.classes), (&all.classes, &all.classes));
    let row = |set: &PictureSet, n| {
        set.images.slice(ndarray::s![n, .., .., ..]).to_owned()
    };
    assert_eq!(row(&test, 0), row(&all, 6));
    assert_eq!(row(&train, 6), row(&all, 7));
    let (grey, made) = all.in_grey(16);
    assert_eq!((grey.size(), made.greyed), ((16, 16, 1), all.len()));
    assert_eq!(grey.labels, all.labels);
}

fn program(words: &[&str], at: &Path) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_datasets"));
    program.args(words).current_dir(at).output().unwrap()
}

#[test]
fn the_program_packs_a_folder() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    folder(&at("own"), &[("a", 7), ("b", 7)], light);
    let done =
        program(&["pack", "own", "deep/out", "--side", "14"], place.path());
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.success(), "{said}");
    assert!(
        said.starts_with("own: 14 pictures in 2 classes, 12 for"),
        "{said}"
    );
    let all = Digits::load(at("deep/out"), Split::Train).unwrap();
    assert_eq!((all.len(), all.size()), (12, (14, 14)));
    for (words, expected) in [
        (
            ["pack", "own", "deep/out"],
            "error: deep/out: expected an empty folder",
        ),
        (
            ["pack", "own", "own/out"],
            "error: own/out: expected a file to write, found what is read, own",
        ),
        (["pack", "none", "new"], "error: none: No such file"),
    ] {
        let done = program(&words, place.path());
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{said}");
        assert!(said.starts_with(expected), "{said}");
    }
    let left = fs::read_dir(place.path()).unwrap().count();
    assert_eq!(left, 2, "own and deep");
}
