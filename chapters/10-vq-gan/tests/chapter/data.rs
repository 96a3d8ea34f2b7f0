//! The pictures, and a network that learns to name them.

use std::collections::HashSet;

use datasets::{PictureSet, PixelRange};
use image::{Rgb, RgbImage};
use lab::{Checkpoint, Resumable, rng_at};
use ndarray::{Array2, Array3, Array4, Axis, s};
use vq_gan::data::{Pictures, Set, first_rows};
use vq_gan::plain::Form;
use vq_gan::viewer;

#[test]
fn the_emoji_are_of_two_artists_in_one_order() {
    let emoji = Pictures::emoji().unwrap();
    assert_eq!(emoji.form(), Form { side: 32, channels: 3 });
    assert_eq!(emoji.artists.len(), 2);
    assert!(emoji.artists[0].contains("noto"), "{:?}", emoji.artists);
    for (set, each) in [(&emoji.train, 1681), (&emoji.test, 225)] {
        assert_eq!(set.len(), 2 * each);
        assert!(!set.is_empty());
        assert_eq!(set.artists.len(), 2 * each);
        assert!(set.artists[..each].iter().all(|a| *a == 0));
        assert!(set.artists[each..].iter().all(|a| *a == 1));
        let labels = &set.pictures.labels;
        assert_eq!(labels.slice(s![..each]), labels.slice(s![each..]));
        let images = &set.pictures.images;
        let (one, other) = (
            images.slice(s![..each, .., .., ..]),
            images.slice(s![each.., .., .., ..]),
        );
        let same =
            one.outer_iter().zip(other.outer_iter()).filter(|(a, b)| a == b);
        assert!(same.count() * 20 < each, "each has an own hand");
        let rows: Vec<usize> = vec![0, each, each + 1];
        let classes = set.classes(&rows);
        assert_eq!(classes[0], classes[1]);
        assert!(classes.iter().all(|c| *c < emoji.classes.len()));
    }
    let numbers = emoji.train.pictures.images.mapv(|v| f64::from(v) / 255.0);
    let contrast = emoji.contrast();
    let mean = numbers.mean().unwrap();
    assert!((f64::from(contrast.mean) / mean - 1.0).abs() < 1e-6);
    let deviation = f64::from(contrast.deviation);
    assert!((deviation / numbers.std(0.0) - 1.0).abs() < 1e-6);
    let x = contrast.apply(numbers.into_flat().insert_axis(Axis(0)));
    assert!(x.mean().unwrap().abs() < 1e-6);
    assert!((x.std(0.0) - 1.0).abs() < 1e-6);
}

#[test]
fn sheets_of_larger_emoji_are_taken_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let list = "code\tname\tcategory\tbase\tsplit\n\
                a\ta\tflags\ta\ttrain\nb\tb\tfood\tb\ttest\n";
    std::fs::write(at("emoji.tsv"), list).unwrap();
    let sheet = |artist: &str, side: u32| {
        let sheet = RgbImage::from_pixel(39 * side, side, Rgb([0, 0, 9]));
        sheet.save(at(&format!("{artist}.png"))).unwrap();
    };
    sheet("noto", 64);
    sheet("twemoji", 64);
    let found = Pictures::of_sheets(folder.path()).unwrap();
    assert_eq!(found.form(), Form { side: 64, channels: 3 });
    assert_eq!((found.train.len(), found.test.len()), (2, 2));
    sheet("twemoji", 32);
    let said = Pictures::of_sheets(folder.path()).unwrap_err().to_string();
    assert!(said.contains("found 64 and 32 pixels"), "{said}");
    sheet("noto", 36);
    sheet("twemoji", 36);
    let said = Pictures::of_sheets(folder.path()).unwrap_err().to_string();
    assert!(said.contains("a multiple of 8, found 36"), "{said}");
}

/// Pictures of `side` × `side` in which every number is another; two classes.
pub fn some(n: usize, side: usize) -> Set {
    let images = Array4::from_shape_fn((n, side, side, 3), |(n, y, x, c)| {
        (37 * n + 3 * (side * y + x) + c) as u8
    });
    let labels = (0..n).map(|n| (n % 2) as u8).collect();
    let classes = vec!["even".into(), "odd".into()];
    let pictures = PictureSet { images, labels, classes };
    Set { pictures, artists: vec![0; n] }
}

pub fn as_image(row: ndarray::ArrayView1<f32>, side: usize) -> Array3<f32> {
    row.to_owned().into_shape_with_order((side, side, 3)).unwrap()
}

#[test]
fn a_mirrored_picture_is_the_picture_or_its_mirror() {
    let (set, rows) = (some(40, 6), Vec::from_iter(0..40));
    let whole = set.first(40);
    let x = set.mirrored(&rows, PixelRange::Unit, &mut rng_at(1, 1));
    let mut turned = 0;
    for (old, new) in whole.rows().into_iter().zip(x.rows()) {
        let (old, new) = (as_image(old, 6), as_image(new, 6));
        let mirror = old.slice(s![.., ..;-1, ..]);
        assert!(new == old || new == mirror);
        turned += usize::from(new != old);
    }
    assert!((8..=32).contains(&turned), "{turned} of 40");
    assert_eq!(x, set.mirrored(&rows, PixelRange::Unit, &mut rng_at(1, 1)));
}

type Way = (bool, i32, i32);

/// Mirrored or not, so far down and so far to the right.
pub fn ways_to_move() -> impl Iterator<Item = Way> {
    let from =
        |mirror, down| (-2..=2).map(move |right| (mirror, down, right));
    let from =
        move |mirror| (-2..=2).flat_map(move |down| from(mirror, down));
    [false, true].into_iter().flat_map(from)
}

pub fn moved(image: &Array3<f32>, (mirror, down, right): Way) -> Array3<f32> {
    let last = image.len_of(Axis(0)) as i32 - 1;
    Array3::from_shape_fn(image.dim(), |(y, x, c)| {
        let at = |n: usize, by: i32| (n as i32 - by).clamp(0, last) as usize;
        let x = at(x, right);
        image[[at(y, down), if mirror { last as usize - x } else { x }, c]]
    })
}

#[test]
fn a_moved_picture_repeats_its_border() {
    let (set, rows) = (some(60, 6), Vec::from_iter(0..60));
    let whole = set.first(60);
    let x = set.moved(&rows, PixelRange::Unit, &mut rng_at(2, 2));
    let mut ways = HashSet::new();
    for (old, new) in whole.rows().into_iter().zip(x.rows()) {
        let (old, new) = (as_image(old, 6), as_image(new, 6));
        let mut fits = ways_to_move().filter(|&way| moved(&old, way) == new);
        ways.insert(fits.next().expect("one way of moving it"));
    }
    assert!(ways.len() > 25, "{} of 50 ways", ways.len());
    let most = ways.iter().map(|w| w.1.max(w.2)).max();
    let least = ways.iter().map(|w| w.1.min(w.2)).min();
    assert_eq!((least, most), (Some(-2), Some(2)));
}

#[test]
fn rows_are_taken_from_the_front_or_evenly() {
    let set = some(10, 4);
    assert_eq!(set.first(3), set.first(10).slice(s![..3, ..]));
    assert_eq!(set.first(99).nrows(), 10);
    let every = set.every(4);
    assert_eq!(every, set.first(10).select(Axis(0), &[0, 4, 8]));
    assert_eq!(set.every(0).nrows(), 10);
    let x = Array2::from_shape_fn((4, 2), |(n, m)| (2 * n + m) as f32);
    assert_eq!(first_rows(&x, 3), x.slice(s![..3, ..]));
    assert_eq!(first_rows(&x, 9), x);
}

/// Light above, or below: what a mirror and two pixels leave to see.
fn halves(n: usize) -> Pictures {
    let images = Array4::from_shape_fn((n, 8, 8, 3), |(n, y, x, c)| {
        let light = (y < 4) == (n % 2 == 0);
        let noise = (n * 7 + y * 5 + x * 3 + c * 11) % 60;
        if light { 190 + noise as u8 } else { noise as u8 }
    });
    let set = Set {
        pictures: PictureSet { images, ..some(n, 8).pictures },
        ..some(n, 8)
    };
    let classes = set.pictures.classes.clone();
    Pictures {
        test: set.clone(),
        train: set,
        classes,
        artists: vec!["a".into()],
    }
}

fn looking(pictures: &Pictures) -> viewer::Training<'_> {
    viewer::Training::new("ruler", pictures, [3, 4, 5], 6, 1, 120).unwrap()
}

#[test]
fn a_viewer_learns_to_name_pictures() {
    let pictures = halves(80);
    let mut run = looking(&pictures);
    (0..120).for_each(|_| drop(run.step().unwrap()));
    let losses = &run.model.losses;
    let mean = |of: &[f32]| of.iter().sum::<f32>() / of.len() as f32;
    let (first, last) = (mean(&losses[..5]), mean(&losses[115..]));
    assert!(last < 0.6 * first, "{first} {last}");
    let x = pictures.contrast().apply(pictures.test.first(80));
    let seen = viewer::look(&run.model.net, &x);
    assert_eq!((seen.features.dim(), seen.classes.dim()), ((80, 6), (80, 2)));
    let right = seen.classes.rows().into_iter().enumerate();
    let right = right.filter(|(n, p)| (p[1] > p[0]) == (n % 2 == 1));
    let right = right.count();
    assert!(right > 75, "{right} {first} {last}");
    for row in seen.classes.rows() {
        assert!((row.sum() - 1.0).abs() < 1e-6);
    }
    let features = &run.model.net.forward(&x)[4];
    assert_eq!(seen.features, features.mapv(f64::from));
}

#[test]
fn a_resumed_viewer_is_the_uninterrupted_one() {
    let pictures = halves(80);
    let mut whole = looking(&pictures);
    (0..6).for_each(|_| drop(whole.step().unwrap()));
    let mut half = looking(&pictures);
    let configuration = half.configuration();
    (0..3).for_each(|_| drop(half.step().unwrap()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.safetensors");
    let mut checkpoint = Checkpoint::default();
    half.save(&mut checkpoint);
    checkpoint.save(&path).unwrap();
    let mut resumed = looking(&pictures);
    resumed.restore(&Checkpoint::load(&path).unwrap()).unwrap();
    assert_eq!(resumed.configuration(), configuration);
    assert_eq!(resumed.steps_done(), 3);
    (0..3).for_each(|_| drop(resumed.step().unwrap()));
    assert_eq!(resumed.model, whole.model);
    let other =
        viewer::Training::new("ruler", &pictures, [3, 4, 6], 6, 1, 60);
    let mut other = other.unwrap();
    assert_ne!(other.configuration(), configuration);
    assert!(other.restore(&checkpoint).is_err());
    let few = halves(10);
    let refused = viewer::Training::new("ruler", &few, [3, 4, 5], 6, 1, 60);
    assert!(refused.is_err(), "fewer pictures than a batch");
}

/// Pictures as files of a folder, two classes.
fn files(n: usize, of: impl Fn(usize) -> u8) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let images = Array4::from_shape_fn((n, 20, 20, 3), |(n, y, x, c)| {
        of(37 * n + 3 * (20 * y + x) + c)
    });
    let labels = (0..n).map(|n| (n % 2) as u8).collect();
    let classes = vec!["even".into(), "odd".into()];
    let set = datasets::PictureSet { images, labels, classes };
    for n in 0..set.len() {
        let class = folder.path().join(["even", "odd"][n % 2]);
        std::fs::create_dir_all(&class).unwrap();
        set.save_png(n, &class.join(format!("{n}.png"))).unwrap();
    }
    folder
}

/// The chapter's `contrast` on a folder, at smoke scale.
fn on(folder: &std::path::Path) -> Result<(), String> {
    let out = tempfile::tempdir().unwrap();
    let options = lab::Options {
        scale: lab::Scale::Smoke,
        data: Some(folder.into()),
        out: Some(out.path().into()),
        quiet: true,
        ..lab::Options::default()
    };
    let only = lab::Selection::Only("contrast".into());
    let ran = lab::run_chapter(&vq_gan::CHAPTER, options, only);
    ran.map(drop).map_err(|e| format!("{e:#}"))
}

#[test]
fn a_readers_own_pictures_are_learnt_from_in_colour() {
    let folder = files(90, |n| n as u8);
    on(folder.path()).unwrap();
    let few = on(files(20, |n| n as u8).path()).unwrap_err();
    assert!(few.contains("at least 64 pictures"), "{few}");
    let alike = on(files(90, |_| 200).path()).unwrap_err();
    assert!(alike.contains("all pixels alike"), "{alike}");
}
