//! The compressor, and the sizes of the test digits as files: a part of the experiment `digits`.

use anyhow::Context;
use lab::{Claim, Lab, Within};
use ndarray::Array2;

use crate::coding::{Compressor, HEADER};

pub fn measure(
    lab: &mut Lab,
    compressor: &Compressor,
    codes: &Array2<usize>,
) -> anyhow::Result<()> {
    save(lab, compressor)?;
    let mut sizes = Vec::with_capacity(codes.nrows());
    let mut beyond: f64 = 0.0;
    for map in codes.rows() {
        let map = map.to_vec();
        let file = compressor.pack(&map)?;
        let payload = 8.0 * (file.len() - HEADER) as f64;
        beyond = beyond.max(payload - compressor.tables.bits(&map));
        sizes.push(file.len() as f64);
    }
    let bytes = sizes.iter().sum::<f64>() / sizes.len() as f64;
    lab.result("compressed_bytes_mean", bytes, Within::Factor(1.05))?;
    let payload = bytes - HEADER as f64;
    lab.result("payload_bytes_mean", payload, Within::Factor(1.05))?;
    let bits = 8.0 * payload;
    lab.result("bits_by_place_in_files", bits, Within::Factor(1.05))?;
    lab.result("header_bytes", HEADER as f64, Within::Exactly)?;
    lab.result("payload_beyond_bits_max", beyond, Within::Absolute(1.0))
}

/// Saves the compressor. What an earlier one has written only that can read, so it is kept under its fingerprint.
fn save(lab: &Lab, compressor: &Compressor) -> anyhow::Result<()> {
    let path = lab.checkpoint_path("compressor");
    let before = Compressor::load(&path).ok().map(|c| c.fingerprint());
    if let Some(before) = before
        && before != compressor.fingerprint()
    {
        let kept = lab.checkpoint_path(&format!("compressor-{before}"));
        std::fs::rename(&path, &kept)
            .with_context(|| kept.display().to_string())?;
        let kept = kept.display();
        lab.say(format!("{kept}: kept, for what it has compressed"));
    }
    Ok(compressor.save(&path)?)
}

pub fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "at_most_a_byte_more",
        Claim::less("payload_beyond_bits_max", 8.01),
    )]
}
