//! # Chapter 10: a VQ-GAN, where the two systems meet
//!
//! Chapter 8's network on pictures in colour, where squared error blurs; then a distance of features and a discriminator of
//! patches, which know what the blur has cost.
//!
//! - [`plain`]: encoder and decoder in colour, the two terms with their gradients, their weight, and one step.
//! - [`model`]: pictures to codes and back.
//! - [`on_dfdx`]: the same on a tape.
//! - [`training`]: a run, and its recipe; its checkpoint serves both rooms.
//! - [`data`]: emoji by two artists, or a reader's own pictures.
//! - [`wish`]: a prior over the codes that is told what to draw, and by whom.
//! - [`viewer`]: networks that name what they see: a ruler for the training, a judge for what comes of it.

#[cfg(not(target_arch = "wasm32"))]
pub mod data;
pub mod model;
#[cfg(not(target_arch = "wasm32"))]
pub mod on_dfdx;
pub mod plain;
#[cfg(not(target_arch = "wasm32"))]
mod run;
#[cfg(not(target_arch = "wasm32"))]
pub mod training;
#[cfg(not(target_arch = "wasm32"))]
pub mod viewer;
pub mod wish;

#[cfg(not(target_arch = "wasm32"))]
pub use run::{ledger, push_rows, run};

/// This chapter.
#[cfg(not(target_arch = "wasm32"))]
pub static CHAPTER: lab::Chapter = lab::Chapter {
    name: env!("CARGO_PKG_NAME"),
    number: 10,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[
        &gradients::CHAPTER,
        &minimax_loss::CHAPTER,
        &gan::CHAPTER,
        &stability::CHAPTER,
        &codebook_lookup::CHAPTER,
        &straight_through::CHAPTER,
        &commitment_loss::CHAPTER,
        &vq_vae::CHAPTER,
        &code_prior::CHAPTER,
    ],
    run,
};
