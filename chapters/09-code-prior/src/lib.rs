//! # Chapter 9: a prior over codes
//!
//! A VQ-VAE compresses and rebuilds; it cannot draw, because nothing says which codes go together. This chapter learns
//! a distribution over code maps, one code after another, and then draws, completes and counts bits.
//!
//! - [`plain`]: shift, embedding, layer normalisation and causal attention in ndarray, gradients by hand; bits.
//! - [`model`]: blocks and the whole model; its gradient has its own type.
//! - [`sampling`]: one place after another, with keys and values kept.
//! - [`pixelcnn`]: masked convolutions, for comparison.
//! - [`training`]: a prior in training; its checkpoint serves both rooms.
//! - [`exact`]: the same probabilities, to the last bit the same on every machine.
//! - [`coding`]: codes as a file, as short as the prior allows.
//! - [`on_dfdx`]: the same functions on dfdx.
//! - [`ledger`]: how far each hand gradient is from everything it is compared with.

#[cfg(not(target_arch = "wasm32"))]
pub mod coding;
pub mod exact;
pub mod model;
#[cfg(not(target_arch = "wasm32"))]
pub mod on_dfdx;
#[cfg(not(target_arch = "wasm32"))]
pub mod pixelcnn;
pub mod plain;
#[cfg(not(target_arch = "wasm32"))]
mod run;
pub mod sampling;
pub mod training;

#[cfg(not(target_arch = "wasm32"))]
pub use run::{ledger, run};

/// This chapter.
#[cfg(not(target_arch = "wasm32"))]
pub static CHAPTER: lab::Chapter = lab::Chapter {
    name: env!("CARGO_PKG_NAME"),
    number: 9,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[
        &gradients::CHAPTER,
        &gan::CHAPTER,
        &codebook_lookup::CHAPTER,
        &vq_vae::CHAPTER,
    ],
    run,
};
