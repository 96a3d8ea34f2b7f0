//! Files: codes go in and come out, and what is damaged or foreign is named.

use std::path::Path;
use std::sync::OnceLock;

use lab::{Checkpoint, rng_at};
use ndarray::Array2;
use ndarray_rand::rand::Rng;
use proptest::prelude::*;
use vq_vae::coding::{CodingError, Compressor, HEADER, Tables, png_of};
use vq_vae::model::{Sizes, VqVae};

/// A compressor that has learnt nothing; each seed gives another.
pub fn made(seed: u64) -> Compressor {
    let sizes =
        Sizes { codes: 9, width: 2, channels: 3, patch: 4, blocks: 1 };
    let mut rng = rng_at(seed, 0);
    let mut model = VqVae::<f32>::new(sizes, &mut rng);
    model.codebook =
        Array2::from_shape_simple_fn((9, 2), || rng.random_range(-1.0..1.0));
    let codes = Array2::from_shape_simple_fn((40, 49), || {
        rng.random_range(0..3) * rng.random_range(0..4)
    });
    let tables = Tables::of_codes(&codes.mapv(|k: usize| k.min(8)), 9);
    Compressor::new(model, tables.unwrap()).unwrap()
}

fn compressor() -> &'static Compressor {
    static MADE: OnceLock<Compressor> = OnceLock::new();
    MADE.get_or_init(|| made(1))
}

fn any_map() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0_usize..9, 49)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_map_of_codes_comes_back(map in any_map()) {
        let file = compressor().pack(&map).unwrap();
        prop_assert_eq!(compressor().unpack(&file).unwrap(), map.clone());
        let payload = 8.0 * (file.len() - HEADER) as f64;
        let bits = compressor().tables.bits(&map);
        prop_assert!(payload <= bits + 8.01);
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(compressor().unpack(&bytes).is_err());
        let _ = compressor().tables.decode(&bytes);
    }

    #[test]
    fn one_changed_byte_is_noticed(map in any_map(), at in 0_usize..1000, by in 1_u8..=255) {
        let mut file = compressor().pack(&map).unwrap();
        let at = at % file.len();
        file[at] = file[at].wrapping_add(by);
        prop_assert!(compressor().unpack(&file).is_err(), "byte {}", at);
    }
}

#[test]
fn every_truncation_and_every_excess_is_an_error() {
    let map: Vec<usize> = (0..49).map(|n| n % 9).collect();
    let file = compressor().pack(&map).unwrap();
    for length in 0..file.len() {
        assert!(compressor().unpack(&file[..length]).is_err(), "{length}");
    }
    let longer: Vec<u8> = file.iter().copied().chain([0; 4]).collect();
    assert!(compressor().unpack(&longer).is_err());
}

#[test]
fn bits_that_nobody_wrote_are_refused_behind_a_right_checksum() {
    let tables = &compressor().tables;
    let map: Vec<usize> = (0..49).map(|n| n % 9).collect();
    let payload = tables.encode(&map).unwrap();
    let longer: Vec<u8> = payload.iter().copied().chain([0]).collect();
    let said = tables.decode(&longer).unwrap_err().to_string();
    assert!(said.contains("left over"), "{said}");
    // Fewer bytes are the payload of another map, or of none.
    let shorter = tables.decode(&payload[..payload.len() - 1]);
    assert!(shorter.map_or(true, |other| other != map));
}

fn said(error: Result<Vec<usize>, CodingError>) -> String {
    error.unwrap_err().to_string()
}

#[test]
fn each_part_of_the_header_has_its_own_error() {
    let map = vec![1; 49];
    let file = compressor().pack(&map).unwrap();
    let with = |at: usize| {
        let mut file = file.clone();
        file[at] ^= 1;
        said(compressor().unpack(&file))
    };
    assert!(with(0).starts_with("magic number: expected 565138, found 57"));
    assert!(with(3).starts_with("version: expected 02, found 03"));
    assert!(with(4).contains("compressor"));
    assert!(with(8).starts_with("checksum"));
    assert!(with(HEADER).starts_with("checksum"));
    let short = said(compressor().unpack(&file[..5]));
    assert_eq!(short, "header: expected 12 bytes, found 5 bytes");
    let other = made(2);
    let (here, wanted) = (other.fingerprint(), compressor().fingerprint());
    let said = said(other.unpack(&file));
    let expected = format!(
        "expected what compressor {here} writes, found what {wanted} has"
    );
    assert!(said.starts_with(&expected), "{said}");
    let kept = format!("compressor-{wanted}.safetensors");
    assert!(said.contains(&kept), "{said}");
}

#[test]
fn codes_that_do_not_fit_are_refused() {
    let said =
        |map: &[usize]| compressor().pack(map).unwrap_err().to_string();
    assert_eq!(said(&[0; 48]), "codes: expected 49, found 48");
    assert_eq!(said(&[9; 49]), "codes: expected codes below 9, found 9");
    let tables = Tables::of_codes(&Array2::zeros((3, 49)), 4).unwrap();
    let other = Compressor::new(compressor().model.clone(), tables);
    let said = other.unwrap_err().to_string();
    assert!(said.contains("expected 49 × 9, found 49 × 4"), "{said}");
    assert!(Tables::of_codes(&Array2::zeros((3, 49)), 1).is_err());
}

fn write_png(
    path: &Path,
    (width, height): (u32, u32),
    colour: png::ColorType,
    samples: usize,
) {
    let file = std::fs::File::create(path).unwrap();
    let mut encoder = png::Encoder::new(file, width, height);
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    let bytes = vec![77; (width * height) as usize * samples];
    encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
}

#[test]
fn an_image_becomes_a_file_and_an_image_again() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let saved = at("compressor.safetensors");
    compressor().save(&saved).unwrap();
    let compressor = Compressor::load(&saved).unwrap();
    assert_eq!(compressor.fingerprint(), self::compressor().fingerprint());

    let x: Vec<f32> = (0..784).map(|p| (p % 29) as f32 / 28.0).collect();
    std::fs::write(at("x.png"), png_of(&x, &at("x.png")).unwrap()).unwrap();
    let size = compressor.compress(&at("x.png"), &at("x.vq")).unwrap();
    let written = std::fs::read(at("x.vq")).unwrap();
    assert_eq!(written.len(), size);
    compressor.decompress(&at("x.vq"), &at("y.png")).unwrap();
    let back = vq_vae::coding::read_png(&at("y.png")).unwrap();
    let seen = vq_vae::coding::read_png(&at("x.png")).unwrap();
    let expected = compressor.model.reconstruct(&seen).unwrap();
    assert!((back - expected).iter().all(|v| v.abs() <= 0.5 / 255.0 + 1e-6));
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 4, "nothing is left beside the files");
}

#[test]
fn a_drawing_in_black_on_white_is_compressed_with_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    compressor().save(&at("compressor.safetensors")).unwrap();
    let stroke =
        |p: usize| ((8..20).contains(&(p / 28)) && p % 28 == 14) as u8;
    let compress = |name: &str, pixel: &dyn Fn(usize) -> f32| {
        let x: Vec<f32> = (0..784).map(pixel).collect();
        std::fs::write(at(name), png_of(&x, &at(name)).unwrap()).unwrap();
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_vq-vae"))
            .args(["compress", "--checkpoint"])
            .args([at("compressor.safetensors"), at(name)])
            .arg("-o")
            .arg(at(name).with_extension("vq"))
            .output()
            .unwrap();
        assert!(
            done.status.success() && at(name).with_extension("vq").exists()
        );
        String::from_utf8(done.stderr).unwrap()
    };
    let usual = compress("usual.png", &|p| f32::from(stroke(p)));
    assert!(!usual.contains("inverted"), "{usual}");
    let said = compress("paper.png", &|p| 1.0 - f32::from(stroke(p)));
    assert!(said.contains("paper.png: the border is bright"), "{said}");
    let filled = compress("inside.png", &|p| {
        let inside = 1..27;
        f32::from(u8::from(
            inside.contains(&(p / 28)) && inside.contains(&(p % 28)),
        ))
    });
    assert!(!filled.contains("inverted"), "only the border counts: {filled}");
}

/// The program makes a digit of any picture, and says how.
#[test]
fn a_picture_of_another_kind_is_converted_and_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    compressor().save(&at("model")).unwrap();
    let compress = |name: &str, more: &[&str]| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_vq-vae"))
            .args(["compress", name, "-o", "x.vq", "--checkpoint", "model"])
            .args(more)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        (done.status.success(), said)
    };
    let colour = png::ColorType::Rgb;
    write_png(&at("wide.png"), (64, 40), colour, 3);
    let (done, said) = compress("wide.png", &[]);
    let how = "wide.png: cropped to a square, scaled, made grey, for 28 × 28 pixels of grey\n";
    assert!(done && said.starts_with(how), "{said}");
    assert!(!said.contains("inverted"), "{said}");
    let black = compressor().model.clone();
    let of = |v: f32| {
        let map = black.encode(&Array2::from_elem((1, 784), v)).unwrap();
        compressor().pack(&map.row(0).to_vec()).unwrap()
    };
    assert_eq!(std::fs::read(at("x.vq")).unwrap(), of(77.0 / 255.0));
    let (done, said) = compress("wide.png", &["--invert"]);
    assert!(done && said.contains("made grey, inverted, for"), "{said}");
    assert!(said.contains("wide.png: the border is bright"), "{said}");
    assert_eq!(std::fs::read(at("x.vq")).unwrap(), of(178.0 / 255.0));
    write_png(&at("clear.png"), (28, 28), png::ColorType::Rgba, 4);
    let (done, said) = compress("clear.png", &[]);
    let how = "clear.png: made grey, put on white, for 28";
    assert!(done && said.starts_with(how), "{said}");
    let end = "should be inverted first: --invert does it\n";
    assert!(said.contains("clear.png: the border") && said.ends_with(end));
    write_png(&at("fit.png"), (28, 28), png::ColorType::Grayscale, 1);
    let (done, said) = compress("fit.png", &[]);
    assert!(done && said.starts_with("x.vq: "), "{said}");
    std::fs::write(at("odd.png"), "GIF89a").unwrap();
    let (done, said) = compress("odd.png", &[]);
    let expected = "error: odd.png: expected a PNG or JPEG picture, found";
    assert!(!done && said.starts_with(expected), "{said}");
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let out = at("out");
    let compress = |name: &str| {
        let done = compressor().compress(&at(name), &out);
        done.unwrap_err().to_string()
    };
    let grey = png::ColorType::Grayscale;
    write_png(&at("large.png"), (32, 28), grey, 1);
    write_png(&at("red.png"), (28, 28), png::ColorType::Rgb, 3);
    std::fs::write(at("no.png"), b"GIF89a").unwrap();
    let said = compress("large.png");
    assert!(
        said.ends_with("large.png: expected 28 × 28 pixels, found 32 × 28"),
        "{said}"
    );
    let said = compress("red.png");
    assert!(
        said.contains("red.png: expected 8 bits of grey a pixel, found"),
        "{said}"
    );
    let said = compress("no.png");
    assert!(said.contains("no.png: expected a whole PNG"), "{said}");
    let said = compress("missing.png");
    assert!(said.contains("missing.png"), "{said}");

    std::fs::write(at("bad.vq"), b"VQ8").unwrap();
    let done = compressor().decompress(&at("bad.vq"), &out);
    let said = done.unwrap_err().to_string();
    assert!(said.contains("bad.vq: header: expected 12 bytes"), "{said}");
    assert!(!out.exists(), "nothing was written");

    let said = Compressor::load(&at("none")).unwrap_err().to_string();
    assert!(said.contains("cargo run -p vq-vae -- digits"), "{said}");
    std::fs::write(at("foreign"), [0; 64]).unwrap();
    assert!(Compressor::load(&at("foreign")).is_err());
    let said = compress(".");
    assert!(said.contains("expected a plain file, found a folder"), "{said}");
}

#[test]
fn counts_that_no_images_gave_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd.safetensors");
    compressor().save(&path).unwrap();
    let whole = Checkpoint::load(&path).unwrap();
    for odd in [3e38, 16_777_218.0, -1.0, 0.5] {
        let mut counts = Array2::<f32>::ones((49, 9));
        counts[[48, 8]] = odd;
        let mut changed = whole.clone();
        changed.put("frequencies", &counts);
        changed.save(&path).unwrap();
        let said = Compressor::load(&path).unwrap_err().to_string();
        let found = format!(
            "compressor of 28 × 28 images, found `frequencies` of {odd}"
        );
        assert!(said.contains("odd.safetensors"), "{said}");
        assert!(said.contains(&found), "{said}");
    }
    let mut most = whole.clone();
    most.put("frequencies", &Array2::from_elem((49, 9), 16_777_216.0_f32));
    most.save(&path).unwrap();
    let most = Compressor::load(&path).unwrap();
    assert!((most.tables.bits(&[0; 49]) - 49.0 * 9_f64.log2()).abs() < 1e-3);
}

#[test]
fn an_image_without_codes_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut model = compressor().model.clone();
    model.encoder.layers[2].w.fill(f32::MAX);
    model.encoder.layers[1].b.fill(f32::MAX);
    let tables = compressor().tables.clone();
    let broken = Compressor::new(model, tables).unwrap();
    std::fs::write(at("x.png"), png_of(&[0.5; 784], &at("x.png")).unwrap())
        .unwrap();
    let done = broken.compress(&at("x.png"), &at("x.vq"));
    let said = done.unwrap_err().to_string();
    assert!(said.contains("x.png: latents, row 0"), "{said}");
}
