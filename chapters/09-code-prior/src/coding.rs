//! Codes as a file, by the prior: chapter 8's range coder, and for each place the model that the prior has of it once it
//! knows the codes before.

use std::iter::once;
use std::path::Path;

use gradients::plain::Parameters;
use md5::Digest;
use vq_vae::coding::{
    self, CodingError, Kind, Model, Parts, check_map, compress_with,
    decompress_with, expect, four_bytes, hex, model,
};
use vq_vae::model::VqVae;

use crate::exact::Exact;
use crate::model::Prior;
use crate::training::load_pair;

/// What the files begin with. Whoever changes a bit of what [`crate::exact`] computes, changes the version.
const KIND: Kind = Kind { magic: *b"VQ9", version: 1 };

// ANCHOR: files
/// The models of all places of a map, `start` being the number of the start
/// token. `[T]`
///
/// # Panics
/// A code is not below K, or there are more than T.
pub fn models(prior: &Prior<f32>, start: usize, map: &[usize]) -> Vec<Model> {
    let mut exact = Exact::new(prior);
    let before = once(&start).chain(map).take(map.len());
    before.map(|&last| model(&exact.units(last))).collect()
}

/// A map of codes in as few bytes as the prior allows.
///
/// # Errors
/// There are not T codes, or one is not below K.
pub fn encode(
    prior: &Prior<f32>,
    start: usize,
    map: &[usize],
) -> Result<Vec<u8>, CodingError> {
    check_map(map, prior.places(), prior.codes())?;
    Ok(coding::encode(map, &models(prior, start, map)))
}

/// The inverse: each code, once it is known, tells what the next may be.
///
/// # Errors
/// The bytes are not what `encode` gives.
pub fn decode(
    prior: &Prior<f32>,
    start: usize,
    bytes: &[u8],
) -> Result<Vec<usize>, CodingError> {
    let mut exact = Exact::new(prior);
    let next = |before: &[usize]| {
        model(&exact.units(*before.last().unwrap_or(&start)))
    };
    Ok(coding::decode(bytes, prior.places(), next)?.0)
}
// ANCHOR_END: files

/// Of codes and not of bytes: a decoder whose probabilities are others is noticed as well.
fn checksum(map: &[usize]) -> [u8; 4] {
    let codes = map.iter().flat_map(|&code| (code as u32).to_le_bytes());
    coding::checksum(&codes.collect::<Vec<u8>>())
}

/// A tokeniser and the prior over its codes, as a compressor.
#[derive(Clone, Debug)]
pub struct PriorCompressor {
    /// Chapter 8's network.
    pub tokeniser: VqVae<f32>,
    /// This chapter's.
    pub prior: Prior<f32>,
    fingerprint: [u8; 4],
}

impl PriorCompressor {
    /// Puts a tokeniser and a prior together.
    ///
    /// # Errors
    /// They have other numbers of codes or places, or more codes than the coder can tell apart.
    pub fn new(
        tokeniser: VqVae<f32>,
        prior: Prior<f32>,
    ) -> Result<Self, CodingError> {
        let other = |expected, found| {
            Err(CodingError::Bytes { at: "prior", expected, found })
        };
        let (codes, places) = (tokeniser.codes(), tokeniser.sizes.places());
        if (codes, places) != (prior.codes(), prior.places()) {
            let [expected, found] =
                [(codes, places), (prior.codes(), prior.places())].map(
                    |(codes, places)| {
                        format!("{codes} codes at {places} places")
                    },
                );
            return other(expected, found);
        }
        if !(2..=1 << 16).contains(&codes) {
            return other("2 to 65536 codes".into(), codes.to_string());
        }
        let mut digest = tokeniser.digest();
        for p in prior.parameters() {
            p.iter().for_each(|v| digest.update(v.to_le_bytes()));
        }
        digest.update((prior.heads as u64).to_le_bytes());
        Ok(Self { tokeniser, prior, fingerprint: four_bytes(digest) })
    }

    /// Reads both from their checkpoints.
    ///
    /// # Errors
    /// A file cannot be read, is damaged or of something else, or the prior is over the codes of another tokeniser.
    pub fn load(tokeniser: &Path, prior: &Path) -> Result<Self, CodingError> {
        let (tokeniser, prior) = load_pair(tokeniser, prior)?;
        Self::new(tokeniser, prior)
    }

    /// What tells it from others: eight hexadecimal digits that tokeniser and prior decide.
    pub fn fingerprint(&self) -> String {
        hex(&self.fingerprint)
    }

    /// A map of codes as a file: header and payload.
    ///
    /// # Errors
    /// There is not one code for each place, or one is not below K.
    pub fn pack(&self, map: &[usize]) -> Result<Vec<u8>, CodingError> {
        let payload = &encode(&self.prior, self.prior.codes(), map)?;
        let (fingerprint, checksum) = (self.fingerprint, checksum(map));
        Ok(KIND.seal(Parts { fingerprint, checksum, payload }))
    }

    /// The inverse.
    ///
    /// # Errors
    /// The file is damaged, or of something else, or of another tokeniser and prior.
    pub fn unpack(&self, file: &[u8]) -> Result<Vec<usize>, CodingError> {
        let parts = KIND.open(file)?;
        if parts.fingerprint != self.fingerprint {
            return Err(CodingError::Other {
                whose: "the pair of tokeniser and prior",
                here: self.fingerprint(),
                wanted: hex(&parts.fingerprint),
                remedy: "--tokeniser FILE and --prior FILE name others"
                    .into(),
            });
        }
        let map = decode(&self.prior, self.prior.codes(), parts.payload)?;
        expect("checksum of the codes", &parts.checksum, &checksum(&map))?;
        Ok(map)
    }

    /// Compresses a grey PNG of 28 × 28 pixels; gives the size of the file in bytes.
    ///
    /// # Errors
    /// The image is of another kind, or a file cannot be read or written.
    pub fn compress(
        &self,
        image: &Path,
        out: &Path,
    ) -> Result<usize, CodingError> {
        compress_with(&self.tokeniser, |map| self.pack(map), image, out)
    }

    /// Writes the image of a compressed file as a PNG.
    ///
    /// # Errors
    /// The file is damaged, or of another pair, or a file cannot be read or written.
    pub fn decompress(
        &self,
        file: &Path,
        out: &Path,
    ) -> Result<(), CodingError> {
        decompress_with(&self.tokeniser, |file| self.unpack(file), file, out)
    }
}
