//! What packed weights are worth beside the committed ones.

use std::path::{Path, PathBuf};

use code_prior::plain::bits_per_image;
use datasets::{Digits, PixelRange, Split};
use live::weights::unpack;
use ndarray::Array2;
use vq_gan::data::Pictures;
use vq_gan::wish::Artist;
use vq_vae::coding::Compressor;
use vq_vae::plain::mse_over_variance;

/// What is measured, with packed and with committed weights: errors are shares of the variance (eq. 8.9), sizes are bits of a
/// picture.
pub const NAMES: [&str; 6] = [
    "compressor_error",
    "compressor_bits",
    "tokeniser_error",
    "prior_bits",
    "artist_error",
    "artist_bits",
];

/// A committed file of packed weights.
pub fn bin(name: &str) -> PathBuf {
    record::root().join(format!("book/live/weights/{name}.bin"))
}

/// A committed model.
pub fn committed(name: &str) -> PathBuf {
    record::root().join(format!("book/models/{name}.safetensors"))
}

/// A packed model as a file that the chapters load.
fn unpacked(name: &str, folder: &Path) -> PathBuf {
    let to = folder.join(format!("{name}.safetensors"));
    let bytes = std::fs::read(bin(name)).unwrap();
    unpack(&bytes).unwrap().save(&to).unwrap();
    to
}

/// Both columns of [`NAMES`]: packed, committed.
pub fn both() -> [[f64; 6]; 2] {
    let folder = tempfile::tempdir().unwrap();
    let digits =
        Digits::load_28x28(datasets::bundled(), Split::Test).unwrap();
    let x = digits.pixels(&Vec::from_iter(0..1000), PixelRange::Unit);
    let emoji = Pictures::emoji().unwrap();
    let packed = |name: &str| unpacked(name, folder.path());
    let files = [
        ["compressor", "tokeniser", "prior", "artist"].map(packed),
        [
            "vq-vae/compressor",
            "code-prior/tokeniser",
            "code-prior/prior",
            "vq-gan/artist",
        ]
        .map(committed),
    ];
    files.map(|[compressor, tokeniser, prior, artist]| {
        let [a, b] = of_compressor(&compressor, &x);
        let [c, d] = of_prior([&tokeniser, &prior], &x);
        let [e, f] = of_artist(&artist, &emoji);
        [a, b, c, d, e, f]
    })
}

fn of_compressor(file: &Path, x: &Array2<f32>) -> [f64; 2] {
    let Compressor { model, tables, .. } = Compressor::load(file).unwrap();
    let codes = model.encode(x).unwrap(); // [N, S²]
    let error = mse_over_variance(x, &model.decode(&codes).unwrap());
    let maps = codes.rows().into_iter();
    let bits: f64 = maps.map(|map| tables.bits(&map.to_vec())).sum();
    [error, bits / x.nrows() as f64]
}

fn of_prior(files: [&Path; 2], x: &Array2<f32>) -> [f64; 2] {
    let tokeniser = vq_vae::model::load(files[0]).unwrap();
    let prior = code_prior::training::load(files[1]).unwrap();
    let codes = tokeniser.encode(x).unwrap(); // [N, S²]
    let error = mse_over_variance(x, &tokeniser.decode(&codes).unwrap());
    [error, bits_per_image(&prior.nats(&codes).unwrap())]
}

/// Of the emoji that were held back, told what they show and who drew them.
fn of_artist(file: &Path, emoji: &Pictures) -> [f64; 2] {
    let Artist { network, prior, wishes } = Artist::load(file).unwrap();
    let x = emoji.test.every(1); // [N, H·W·C]
    let codes = network.encode(&x).unwrap(); // [N, T]
    let error = mse_over_variance(&x, &network.decode(&codes).unwrap());
    let classes = wishes.classes(&emoji.test).into_iter().map(Some);
    let nats = prior.nats_given(&codes, &Vec::from_iter(classes));
    [error, bits_per_image(&nats.unwrap())]
}
