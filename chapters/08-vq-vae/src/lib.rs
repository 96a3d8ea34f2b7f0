//! # Chapter 8: a VQ-VAE that compresses
//!
//! The lookup of chapter 5, the gradients around it of chapter 6 and the terms of chapter 7, between an encoder and a
//! decoder that see whole images: trained end to end, measured, and made into a compressor of files.
//!
//! - [`plain`]: a convolution as a matrix product, the two halves, and one step, gradients by hand.
//! - [`model`]: encoder, codebook and decoder; images to codes and back.
//! - [`training`]: a run; its checkpoint serves both rooms.
//! - [`on_dfdx`]: the same network and the same step on dfdx.
//! - [`rate`]: a price for each code, and a choice that minds it.
//! - [`any`]: the same halves around any quantiser.
//! - [`coding`]: codes as a file, as short as the model of the codes allows.
//! - [`measures`]: what the network is compared with: principal components.
//! - [`ledger`]: how far each hand gradient is from everything it is compared with.

#[cfg(feature = "mine")]
extern crate self as vq_vae;

#[cfg(not(target_arch = "wasm32"))]
pub mod any;
pub mod coding;
#[cfg(not(target_arch = "wasm32"))]
pub mod measures;
#[cfg(feature = "mine")]
mod mine;
pub mod model;
#[cfg(not(target_arch = "wasm32"))]
pub mod on_dfdx;
pub mod plain;
pub mod rate;
#[cfg(not(target_arch = "wasm32"))]
mod run;
#[cfg(not(target_arch = "wasm32"))]
pub mod training;

#[cfg(not(target_arch = "wasm32"))]
pub use run::{ledger, run};

/// This chapter.
#[cfg(not(target_arch = "wasm32"))]
pub static CHAPTER: lab::Chapter = lab::Chapter {
    name: env!("CARGO_PKG_NAME"),
    number: 8,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[
        &gradients::CHAPTER,
        &codebook_lookup::CHAPTER,
        &straight_through::CHAPTER,
        &commitment_loss::CHAPTER,
    ],
    run,
};
