//! The data that the workbook learns from: real digits out of IDX files, emoji in colour, a reader's own pictures, and toy
//! distributions whose densities are known.
//!
//! - [`Digits`]: the images and labels of one split, from any folder with the four files of MNIST's format.
//! - [`Emoji`]: pictures in colour by two artists; [`PictureSet`]: those, or all of a folder.
//! - [`FourFiles`]: pictures in the place of the digits.
//! - [`Batches`]: seeded, shuffled mini-batches.
//! - [`idx`]: the file format, read as if every file were hostile.
//! - [`toy`]: mixtures of Gaussians, the ring, the grid, two moons; each samples and evaluates its log-density.

use std::path::{Path, PathBuf};

mod batches;
mod digits;
#[cfg(not(target_arch = "wasm32"))]
pub mod emoji;
mod error;
#[cfg(not(target_arch = "wasm32"))]
mod four_files;
pub mod idx;
#[cfg(not(target_arch = "wasm32"))]
mod own_pictures;
pub mod toy;

pub use batches::{BatchError, Batches};
pub use digits::{Digits, PixelRange, Split, digest};
#[cfg(not(target_arch = "wasm32"))]
pub use emoji::{ARTISTS, Artist, Emoji, bundled_emoji, larger_emoji};
pub use error::DataError;
#[cfg(not(target_arch = "wasm32"))]
pub use four_files::{FourFiles, Inverting, PictureSource};
#[cfg(not(target_arch = "wasm32"))]
pub use own_pictures::{Channels, Made, PictureError, PictureSet};

/// The folder of the bundled digits: MNIST, 60,000 for training and 10,000 for testing. It lies below the workbook's root,
/// for which the environment may name another place in `WORKBOOK_ROOT`.
pub fn bundled() -> PathBuf {
    match std::env::var_os("WORKBOOK_ROOT") {
        Some(root) => Path::new(&root).join("datasets/mnist"),
        None => concat!(env!("CARGO_MANIFEST_DIR"), "/mnist").into(),
    }
}
