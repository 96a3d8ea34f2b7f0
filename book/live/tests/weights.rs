//! The packed weights are those of the committed models, and do nearly what these do.

mod quality;

use lab::Checkpoint;
use live::weights::{MODELS, packed, unpack};
use quality::{NAMES, bin, both, committed};

/// How far a packed model may be from the committed one, relative.
const APART: f64 = 0.01;

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

#[test]
fn packed_models_are_as_good() {
    let file = record::root().join("book/pages/results/live.json");
    let said = std::fs::read(file).unwrap();
    let said: serde_json::Value = serde_json::from_slice(&said).unwrap();
    let [packed, committed] = both();
    for (name, (packed, committed)) in
        NAMES.iter().zip(packed.into_iter().zip(committed))
    {
        eprintln!("{name}: {packed} packed, {committed} committed");
        let apart = (packed / committed - 1.0).abs();
        assert!(apart <= APART, "{name}: {packed} in place of {committed}");
        for (column, value) in [("packed", packed), ("committed", committed)]
        {
            let said = said[format!("{name}_{column}")].as_f64().unwrap();
            let apart = (said / value - 1.0).abs();
            assert!(apart < 1e-3, "{name}_{column}: the page says {said}");
        }
    }
}
