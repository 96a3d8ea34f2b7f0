//! What is not given of a digit may not show in what is.

use std::fs;
use std::path::Path;
use std::process::Command;

use code_prior::CHAPTER;
use datasets::{Digits, PixelRange, Split, bundled};
use lab::{largest_seed_run, rng_at};
use ndarray::{Array2, Axis, s};
use vq_vae::model::{Sizes, VqVae};

#[path = "../../src/run/given.rs"]
mod given;

/// Rows of codes that are given, and the pixels that belong to them.
const ROWS: usize = 4;
const PIXELS: usize = 28 * 4 * ROWS;

fn digits(from: usize) -> Array2<f32> {
    let all = Digits::load_28x28(bundled(), Split::Test).unwrap();
    let rows: Vec<usize> = (from..from + 8).collect();
    all.pixels(&rows, PixelRange::Unit) // [8, 784]
}

/// The upper part of one digit above the lower part of another. `[8, 784]`
fn patched(upper: &Array2<f32>, lower: &Array2<f32>) -> Array2<f32> {
    let mut x = upper.clone();
    x.slice_mut(s![.., PIXELS..]).assign(&lower.slice(s![.., PIXELS..]));
    x
}

/// An untrained one, whose codes are some of its latents.
fn tokeniser(x: &Array2<f32>) -> VqVae<f32> {
    let sizes =
        Sizes { codes: 32, width: 4, channels: 16, patch: 4, blocks: 1 };
    let mut network = VqVae::new(sizes, &mut rng_at(9, 24));
    let z = network.latents(x).unwrap(); // [8 · 49, 4]
    let some: Vec<usize> = (0..32).map(|n| 12 * n).collect();
    network.codebook = z.select(Axis(0), &some);
    network
}

#[test]
fn given_codes_know_nothing_of_the_hidden_half() {
    let (x, other) = (digits(0), digits(8));
    let changed = patched(&x, &other);
    let network = tokeniser(&x);
    let right = |x: &Array2<f32>| {
        given::upper_codes(&network, x.clone(), ROWS).unwrap()
    };
    assert_eq!(right(&x), right(&changed));
    // Encoding the whole digit leaks, and by one row: the fourth.
    let leaking = |x: &Array2<f32>| network.encode(x).unwrap();
    let (a, b) = (leaking(&x), leaking(&changed));
    assert_eq!(a.slice(s![.., ..21]), b.slice(s![.., ..21]));
    assert_ne!(a.slice(s![.., 21..28]), b.slice(s![.., 21..28]));
    // Nothing else is blanked, and all of it is given at the end.
    assert_eq!(right(&x).slice(s![.., ..21]), a.slice(s![.., ..21]));
    assert_eq!(given::upper_codes(&network, x.clone(), 7).unwrap(), a);
    assert_eq!(given::upper_codes(&network, x, 0).unwrap().dim(), (8, 0));
}

/// Test digits as a folder of IDX files.
fn save(x: &Array2<f32>, folder: &Path) {
    let n = u8::try_from(x.nrows()).unwrap();
    let mut images = vec![0, 0, 8, 3, 0, 0, 0, n, 0, 0, 0, 28, 0, 0, 0, 28];
    images.extend(x.iter().map(|v| (v * 255.0).round() as u8));
    let mut labels = vec![0, 0, 8, 1, 0, 0, 0, n];
    labels.extend((0..n).map(|n| n % 10));
    fs::create_dir(folder).unwrap();
    fs::write(folder.join("t10k-images-idx3-ubyte"), images).unwrap();
    fs::write(folder.join("t10k-labels-idx1-ubyte"), labels).unwrap();
}

/// The grey values of a picture, line by line.
fn read(path: &Path) -> Vec<Vec<u8>> {
    let file = std::io::BufReader::new(fs::File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let shown = reader.next_frame(&mut bytes).unwrap();
    let line = shown.line_size;
    bytes[..shown.buffer_size()].chunks(line).map(<[u8]>::to_vec).collect()
}

/// `complete` draws the same, whatever the hidden half of a digit was.
#[test]
fn the_program_completes_what_it_is_given_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    largest_seed_run(&CHAPTER, "draw", at);
    let (x, other) = (digits(0), digits(8));
    let mut pictures = Vec::new();
    for (name, x) in [("one", &x), ("two", &patched(&x, &other))] {
        save(x, &at.join(name));
        let done = Command::new(env!("CARGO_BIN_EXE_code-prior"))
            .arg("complete")
            .args(["--tokeniser", "checkpoints/tokeniser.safetensors"])
            .args(["--prior", "checkpoints/prior.safetensors"])
            .args(["--data", name, "--out", &format!("{name}.png")])
            .current_dir(at)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        pictures.push(read(&at.join(format!("{name}.png"))));
    }
    // Of seven columns the first two show the whole digit.
    let drawn = |picture: &[Vec<u8>]| -> Vec<Vec<u8>> {
        let right = |line: &Vec<u8>| line[line.len() * 2 / 7 + 4..].to_vec();
        picture.iter().map(right).collect()
    };
    assert_ne!(pictures[0], pictures[1]);
    assert_eq!(drawn(&pictures[0]), drawn(&pictures[1]));
}
