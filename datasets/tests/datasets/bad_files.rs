//! Damaged and hostile files: an error that names file, offset, expected and found; no panic, no runaway memory.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use datasets::{DataError, Digits, Split, idx};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

fn header(magic: u32, dims: &[u32]) -> Vec<u8> {
    std::iter::once(&magic)
        .chain(dims)
        .flat_map(|w| w.to_be_bytes())
        .collect()
}

/// Two images of 2 × 3, whole.
fn images() -> Vec<u8> {
    let mut file = header(0x0803, &[2, 2, 3]);
    file.extend(0..12);
    file
}

fn zipped(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn parse(bytes: &[u8], rank: u8) -> Result<idx::Idx, DataError> {
    idx::parse(Path::new("some-file"), bytes, rank)
}

/// The message for the bytes, plain and zipped; both must be the same.
fn message(bytes: &[u8], rank: u8) -> String {
    let plain = parse(bytes, rank).unwrap_err().to_string();
    assert_eq!(plain, parse(&zipped(bytes), rank).unwrap_err().to_string());
    plain
}

#[test]
fn whole_files_are_read_plain_and_zipped() {
    let whole = parse(&images(), 3).unwrap();
    assert_eq!(whole.dims, [2, 2, 3]);
    assert_eq!(whole.data, (0..12).collect::<Vec<u8>>());
    assert_eq!(parse(&zipped(&images()), 3).unwrap(), whole);
}

#[test]
fn a_wrong_magic_number() {
    let said = message(&header(0x0801, &[5, 0, 0]), 3);
    let expected = "some-file: at byte 0: expected magic number 0x00000803 (unsigned bytes, 3 dimensions), found 0x00000801";
    assert_eq!(said, expected);
    let floats = message(&header(0x0D03, &[1, 1, 1]), 3);
    assert!(
        floats.contains("expected magic number 0x00000803")
            && floats.contains("found 0x00000d03"),
        "{floats}"
    );
}

#[test]
fn every_truncation() {
    let file = images();
    for length in 0..file.len() {
        let said = message(&file[..length], 3);
        assert!(
            said.starts_with(&format!(
                "some-file: at byte {length}: expected"
            )),
            "{length}: {said}"
        );
        assert!(said.contains("the end of the file"), "{said}");
    }
    let zip = zipped(&file);
    for length in 2..zip.len() {
        assert!(
            parse(&zip[..length], 3).is_err(),
            "{length} of {} bytes were accepted",
            zip.len()
        );
    }
}

#[test]
fn bytes_behind_the_data() {
    let mut file = images();
    file.push(0);
    let said = message(&file, 3);
    assert!(
        said.starts_with("some-file: at byte 28: expected 12 bytes of data"),
        "{said}"
    );
}

#[test]
fn dimensions_that_overflow() {
    let limit = "at byte 4: expected at most 1073741824 bytes of data, found dimensions";
    let said = message(&header(0x0803, &[u32::MAX, u32::MAX, u32::MAX]), 3);
    assert!(said.contains(limit), "{said}");
    let honest = message(&header(0x0803, &[1 << 20, 1 << 10, 2]), 3);
    assert!(honest.contains(limit), "{honest}");
}

#[test]
fn dimensions_that_promise_more_than_there_is() {
    let mut file = header(0x0803, &[1 << 20, 1 << 10, 1]);
    file.extend([7; 100]);
    let said = message(&file, 3);
    assert!(
        said.starts_with(
            "some-file: at byte 116: expected 1073741824 bytes of data"
        ),
        "{said}"
    );
    assert!(said.ends_with("found the end of the file"), "{said}");
}

#[test]
fn a_gzip_bomb_is_opened_one_byte_beyond_its_header() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&header(0x0801, &[10])).unwrap();
    std::io::copy(&mut std::io::repeat(0).take(200 << 20), &mut encoder)
        .unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 300_000, "200 MiB in {} bytes", bomb.len());
    let start = std::time::Instant::now();
    let said = parse(&bomb, 1).unwrap_err().to_string();
    assert!(
        said.starts_with("some-file: at byte 18: expected 10 bytes of data"),
        "{said}"
    );
    assert!(start.elapsed().as_millis() < 200, "it was decompressed whole");
}

#[test]
fn a_damaged_gzip_names_the_file() {
    let mut zip = zipped(&images());
    let end = zip.len();
    zip[end - 6] ^= 0xff; // the checksum
    let said = parse(&zip, 3).unwrap_err().to_string();
    assert!(said.starts_with("some-file: at byte 28: expected gzip data, whole and undamaged, found"), "{said}");
}

#[test]
fn bytes_behind_the_gzip_data_are_not_overlooked() {
    let mut two = zipped(&images());
    two.extend(zipped(&[1, 2, 3]));
    let said = parse(&two, 3).unwrap_err().to_string();
    assert!(
        said.starts_with("some-file: at byte 28: expected 12 bytes of data"),
        "{said}"
    );
    let mut garbage = zipped(&images());
    garbage.extend([1, 2, 3]);
    assert!(parse(&garbage, 3).is_err());
}

fn folder(images: &[u8], labels: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("train-images-idx3-ubyte"), images).unwrap();
    fs::write(
        folder.path().join("train-labels-idx1-ubyte.gz"),
        zipped(labels),
    )
    .unwrap();
    folder
}

fn labels(n: u32) -> Vec<u8> {
    let mut file = header(0x0801, &[n]);
    file.extend((0..n).map(|n| n as u8));
    file
}

#[test]
fn any_folder_of_the_four_files_will_do() {
    let own = folder(&images(), &labels(2));
    let digits = Digits::load(own.path(), Split::Train).unwrap();
    assert_eq!((digits.len(), digits.size()), (2, (2, 3)));
}

#[test]
fn images_and_labels_that_do_not_belong_together() {
    let own = folder(&images(), &labels(3));
    let said =
        Digits::load(own.path(), Split::Train).unwrap_err().to_string();
    assert!(
        said.contains("train-labels-idx1-ubyte.gz: expected 2 labels"),
        "{said}"
    );
    assert!(
        said.contains("train-images-idx3-ubyte") && said.ends_with("found 3"),
        "{said}"
    );
}

#[test]
fn no_images_at_all() {
    let own = folder(&header(0x0803, &[0, 28, 28]), &labels(0));
    let said =
        Digits::load(own.path(), Split::Train).unwrap_err().to_string();
    assert!(
        said.contains("at byte 4: expected at least one image"),
        "{said}"
    );
}

#[test]
fn images_of_another_size_or_an_eleventh_class_are_refused_where_28x28_is_needed()
 {
    let own = folder(&images(), &labels(2));
    let said =
        Digits::load_28x28(own.path(), Split::Train).unwrap_err().to_string();
    assert!(
        said.ends_with("expected images of 28 × 28 pixels, found 2 × 3"),
        "{said}"
    );
    let mut one = header(0x0803, &[1, 28, 28]);
    one.extend([0; 784]);
    let mut label = header(0x0801, &[1]);
    label.push(26);
    let own = folder(&one, &label);
    let said =
        Digits::load_28x28(own.path(), Split::Train).unwrap_err().to_string();
    assert!(
        said.ends_with("expected labels from 0 to 9, found the label 26"),
        "{said}"
    );
}

/// What is said of a training set of images of one grey each, but for a corner of another.
fn said_of_images(greys: &[u8], corner: u8) -> Option<String> {
    let n = greys.len() as u32;
    let mut file = header(0x0803, &[n, 28, 28]);
    for grey in greys {
        file.push(corner);
        file.extend([*grey; 783]);
    }
    let own = folder(&file, &labels(n));
    let loaded = Digits::load_28x28(own.path(), Split::Train);
    let start = format!("{}: expected ", own.path().display());
    let cut = |error: DataError| {
        let said = error.to_string();
        let rest = said.strip_prefix(&start);
        rest.unwrap_or_else(|| panic!("no folder: {said}")).to_string()
    };
    loaded.and_then(|digits| digits.at_least(3)).err().map(cut)
}

#[test]
fn too_few_images_are_refused_with_both_numbers() {
    let said = said_of_images(&[1, 2], 0).unwrap();
    assert_eq!(said, "at least 3 training images, found 2");
    assert_eq!(said_of_images(&[1, 2, 3], 0), None);
}

#[test]
fn images_that_are_all_alike_are_refused() {
    let alike = |n| {
        format!(
            "images that differ, for nothing else can be learnt from, found {n} training images that are all alike"
        )
    };
    assert_eq!(said_of_images(&[0; 5], 0).unwrap(), alike(5));
    assert_eq!(said_of_images(&[7; 5], 0).unwrap(), alike(5));
    assert_eq!(said_of_images(&[0], 0).unwrap(), alike(1));
    let said = said_of_images(&[0], 9).unwrap();
    assert!(said.contains("at least 3"), "one image with something in it");
    assert_eq!(said_of_images(&[7, 7, 7, 7, 8], 0), None);
}

#[test]
fn a_folder_that_cannot_be_read_says_why() {
    let own = folder(&images(), &labels(2));
    let said = |folder: &Path| {
        Digits::load(folder, Split::Train).unwrap_err().to_string()
    };
    let none = own.path().join("none");
    let start = format!("{}: ", none.display());
    assert!(said(&none).starts_with(&start), "{}", said(&none));
    assert!(!said(&none).contains("neither"), "{}", said(&none));
    let file = own.path().join("train-images-idx3-ubyte");
    assert!(!said(&file).contains("neither"), "{}", said(&file));
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    let odd = said(own.path());
    assert!(odd.contains("idx3-ubyte: expected a plain file"), "{odd}");
}

#[test]
fn a_missing_file_names_the_folder_and_both_spellings() {
    let own = folder(&images(), &labels(2));
    let error = Digits::load(own.path(), Split::Test).unwrap_err();
    assert!(matches!(error, DataError::Missing { .. }));
    let said = error.to_string();
    assert!(
        said.contains(
            "`t10k-images-idx3-ubyte` or `t10k-images-idx3-ubyte.gz`"
        ),
        "{said}"
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), rank in 1_u8..4) {
        for input in [bytes.clone(), zipped(&bytes), [vec![0x1f, 0x8b], bytes.clone()].concat()] {
            if let Ok(idx) = parse(&input, rank) {
                prop_assert!(idx.data.len() <= bytes.len());
            }
        }
    }

    #[test]
    fn memory_follows_the_bytes_and_not_the_header(
        dims in proptest::collection::vec(0_u32..2_000, 3),
        body in proptest::collection::vec(any::<u8>(), 0..3000),
    ) {
        let mut file = header(0x0803, &dims);
        file.extend(&body);
        let size = dims.iter().map(|d| u64::from(*d)).product::<u64>();
        match parse(&file, 3) {
            Ok(idx) => {
                prop_assert_eq!(size, body.len() as u64);
                prop_assert!(idx.data.capacity() <= 2 * body.len() + 64, "{} for {}", idx.data.capacity(), body.len());
            }
            Err(_) => prop_assert!(size != body.len() as u64),
        }
    }
}
