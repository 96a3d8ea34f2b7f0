//! # Chapter 5: codebook lookup
//!
//! A codebook is a short list of vectors. Vector quantisation puts in the place of a vector the nearest one in the
//! list, so that its number in the list is all there is to store. This chapter finds the nearest one by the
//! definition, by one matrix product, and without storing the distances; says when rounding decides and who should
//! decide instead; learns codebooks with Lloyd's algorithm; and quantises pictures.
//!
//! - [`plain`]: the lookup in ndarray, gradients by hand; [`kmeans`], [`usage`], [`cosine`] and [`patches`]: what is
//!   done with it.
//! - [`on_dfdx`]: the same functions on dfdx, which has no `argmin`.
//! - [`cells`]: the borders of the Voronoi cells of a codebook in the plane.
//! - [`ledger`]: how far each hand gradient is from everything it is compared with.

#[cfg(feature = "mine")]
extern crate self as codebook_lookup;

pub mod cells;
pub mod cosine;
pub mod kmeans;
#[cfg(feature = "mine")]
mod mine;
#[cfg(not(target_arch = "wasm32"))]
pub mod on_dfdx;
pub mod patches;
pub mod plain;
#[cfg(not(target_arch = "wasm32"))]
mod run;
pub mod usage;

#[cfg(not(target_arch = "wasm32"))]
pub use run::{ledger, run};

/// This chapter.
#[cfg(not(target_arch = "wasm32"))]
pub static CHAPTER: lab::Chapter = lab::Chapter {
    name: env!("CARGO_PKG_NAME"),
    number: 5,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[&gradients::CHAPTER],
    run,
};
