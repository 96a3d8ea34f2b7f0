//! The bundled digits are the official ones, and their pixels come out as asked.

use std::fs::File;
use std::io::{Read, Write};

use datasets::{Digits, PixelRange, Split, bundled, digest};
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use md5::{Digest, Md5};

#[test]
fn the_bundled_files_are_the_official_ones() {
    let official = [
        ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
        ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
        ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
        ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
    ];
    let readme =
        std::fs::read_to_string(bundled().join("README.md")).unwrap();
    for (name, md5) in official {
        let mut content = Vec::new();
        let file = File::open(bundled().join(format!("{name}.gz"))).unwrap();
        GzDecoder::new(file).read_to_end(&mut content).unwrap();
        let found: String = Md5::digest(&content)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(found, md5, "{name}");
        assert!(
            readme.contains(md5),
            "{name}: the README names the checksum"
        );
    }
}

#[test]
fn a_digest_knows_data_by_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let write = |images: &[u8], labels: &[u8]| {
        let mut idx = vec![0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
        idx.extend(images);
        std::fs::write(file("train-images-idx3-ubyte"), idx).unwrap();
        let mut idx = vec![0, 0, 8, 1, 0, 0, 0, 2];
        idx.extend(labels);
        std::fs::write(file("train-labels-idx1-ubyte"), idx).unwrap();
        digest(folder.path())
    };
    let first = write(&[1, 2, 3, 4], &[5, 6]);
    assert_ne!(write(&[1, 2, 3, 5], &[5, 6]), first);
    assert_ne!(write(&[1, 2, 3, 4], &[5, 7]), first);
    assert_eq!(write(&[1, 2, 3, 4], &[5, 6]), first);
    let elsewhere = tempfile::tempdir().unwrap();
    for name in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"] {
        let to = elsewhere.path().join(format!("{name}.gz"));
        let mut zipped = GzEncoder::new(
            File::create(to).unwrap(),
            flate2::Compression::fast(),
        );
        let content = std::fs::read(file(name)).unwrap();
        zipped.write_all(&content).unwrap();
        zipped.finish().unwrap();
    }
    assert_eq!(digest(elsewhere.path()), first, "compressed, elsewhere");
    assert_ne!(digest(bundled()), digest("nowhere"));
}

#[test]
fn both_splits_load() {
    let train = Digits::load(bundled(), Split::Train).unwrap();
    let test = Digits::load(bundled(), Split::Test).unwrap();
    assert_eq!((train.len(), test.len()), (60_000, 10_000));
    assert_eq!((train.size(), train.pixel_count()), ((28, 28), 784));
    assert_eq!(train.classes(&[0, 1, 2, 3, 4]), [5, 0, 4, 1, 9]);
    assert_eq!(test.classes(&[0, 1, 2, 3, 4]), [7, 2, 1, 0, 4]);
    assert_eq!(train.of_class(1).len(), 6742);
    assert_eq!(
        (0..10).map(|c| test.of_class(c).len()).sum::<usize>(),
        10_000
    );
}

#[test]
fn pixels_have_the_range_that_was_asked_for() {
    let test = Digits::load(bundled(), Split::Test).unwrap();
    let rows = [3, 0];
    let unit = test.pixels::<f64>(&rows, PixelRange::Unit);
    let symmetric = test.pixels::<f32>(&rows, PixelRange::Symmetric);
    assert_eq!((unit.dim(), symmetric.dim()), ((2, 784), (2, 784)));
    for (n, &row) in rows.iter().enumerate() {
        for (at, &byte) in
            test.images.outer_iter().nth(row).unwrap().iter().enumerate()
        {
            assert!((unit[[n, at]] - f64::from(byte) / 255.0).abs() < 1e-7);
            let symmetric = f64::from(symmetric[[n, at]]);
            assert!(
                (symmetric - (2.0 * f64::from(byte) / 255.0 - 1.0)).abs()
                    < 1e-6
            );
        }
    }
    let ends = |a: &[f32]| {
        (
            a.iter().copied().fold(f32::MAX, f32::min),
            a.iter().copied().fold(f32::MIN, f32::max),
        )
    };
    assert_eq!(
        ends(symmetric.as_slice().unwrap()),
        (-1.0, 1.0),
        "exact at both ends"
    );
}
