//! The packed weights are those of the committed models, and do nearly what these do.

use std::path::{Path, PathBuf};

use code_prior::plain::bits_per_image;
use datasets::{Digits, PixelRange, Split};
use lab::Checkpoint;
use live::weights::{MODELS, packed, unpack};
use ndarray::Array2;
use vq_vae::coding::Compressor;
use vq_vae::model::{VqVae, load};
use vq_vae::plain::mse_over_variance;

/// How far a packed model may be from the committed one, relative.
const APART: f64 = 0.02;

/// A committed file of packed weights.
fn bin(name: &str) -> PathBuf {
    record::root().join(format!("book/live/weights/{name}.bin"))
}

/// A committed model.
fn committed(name: &str) -> PathBuf {
    record::root().join(format!("book/models/{name}.safetensors"))
}

/// A packed model as a file that the chapters load.
fn unpacked(name: &str, folder: &Path) -> PathBuf {
    let to = folder.join(format!("{name}.safetensors"));
    let bytes = std::fs::read(bin(name)).unwrap();
    unpack(&bytes).unwrap().save(&to).unwrap();
    to
}

/// The first 1,000 test digits. `[1000, 784]`
fn digits() -> Array2<f32> {
    let digits =
        Digits::load_28x28(datasets::bundled(), Split::Test).unwrap();
    digits.pixels(&Vec::from_iter(0..1000), PixelRange::Unit)
}

/// That both are the same within [`APART`].
fn near(what: &str, packed: f64, committed: f64) {
    eprintln!("{what}: {packed} packed, {committed} committed");
    let apart = (packed / committed - 1.0).abs();
    assert!(apart <= APART, "{what}: {packed} in place of {committed}");
}

#[test]
fn the_files_are_what_the_committed_models_give() {
    for model in MODELS {
        let bytes = packed(&record::root().join("book/models"), model);
        let file = std::fs::read(bin(model.0)).unwrap();
        assert!(
            bytes.unwrap() == file,
            "{}: `cargo run -p live --bin pack-weights` writes it anew",
            model.0
        );
    }
}

#[test]
fn counts_stay_as_they_are() {
    let bytes = std::fs::read(bin("compressor")).unwrap();
    let counts = |model: &Checkpoint| {
        let mut arrays = model.arrays();
        let (_, of) =
            arrays.find(|(name, _)| *name == "frequencies").unwrap();
        of.clone()
    };
    let model = Checkpoint::load(&committed("vq-vae/compressor")).unwrap();
    assert_eq!(counts(&unpack(&bytes).unwrap()), counts(&model));
}

#[test]
fn damaged_files_are_refused() {
    for (name, ..) in MODELS {
        let mut bytes = std::fs::read(bin(name)).unwrap();
        for length in [0, 3, 4, 100, bytes.len() / 2, bytes.len() - 1] {
            assert!(unpack(&bytes[..length]).is_err(), "{name}: {length}");
        }
        bytes[0] ^= 1;
        assert!(unpack(&bytes).is_err(), "{name}: another header");
    }
}

/// The error of the compressor, and bits a digit.
fn quality(model: &Compressor, x: &Array2<f32>) -> [f64; 2] {
    let codes = model.model.encode(x).unwrap(); // [N, S²]
    let error = mse_over_variance(x, &model.model.decode(&codes).unwrap());
    let maps = codes.rows().into_iter();
    let bits: f64 = maps.map(|map| model.tables.bits(&map.to_vec())).sum();
    [error, bits / x.nrows() as f64]
}

#[test]
fn the_compressor_is_as_good() {
    let (folder, x) = (tempfile::tempdir().unwrap(), digits());
    let files = [
        unpacked("compressor", folder.path()),
        committed("vq-vae/compressor"),
    ];
    let [packed, committed] =
        files.map(|file| quality(&Compressor::load(&file).unwrap(), &x));
    near("error", packed[0], committed[0]);
    near("bits a digit", packed[1], committed[1]);
}

/// The error of the tokeniser, and what its maps cost under the prior, in bits.
fn likelihood(files: [&Path; 2], x: &Array2<f32>) -> [f64; 2] {
    let tokeniser: VqVae<f32> = load(files[0]).unwrap();
    let prior = code_prior::training::load(files[1]).unwrap();
    let codes = tokeniser.encode(x).unwrap(); // [N, S²]
    let error = mse_over_variance(x, &tokeniser.decode(&codes).unwrap());
    [error, bits_per_image(&prior.nats(&codes).unwrap())]
}

#[test]
fn the_prior_is_as_good() {
    let (folder, x) = (tempfile::tempdir().unwrap(), digits());
    let of = |name| unpacked(name, folder.path());
    let packed = likelihood([&of("tokeniser"), &of("prior")], &x);
    let of = |name: &str| committed(&format!("code-prior/{name}"));
    let committed = likelihood([&of("tokeniser"), &of("prior")], &x);
    near("error", packed[0], committed[0]);
    near("bits a map", packed[1], committed[1]);
}
