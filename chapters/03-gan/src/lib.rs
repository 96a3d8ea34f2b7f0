//! # Chapter 3: a GAN that draws
//!
//! The two players of chapters 1 and 2, put together and trained: where one can see everything, on modes in the plane,
//! then on digits.
//!
//! - [`plain`]: the step in ndarray: through the discriminator into the generator, penalties, packing, averaging.
//! - [`on_dfdx`]: the same on dfdx, the penalty written as a forward expression, and the pair in training there.
//! - [`training`]: the pair in training; its checkpoint serves both rooms.
//! - [`digits`]: the pair that draws digits, and its recipe.
//! - `judge`, a crate of its own: how good is it? Classes, Fréchet distance, precision and recall, Parzen windows.
//! - [`ledger`]: how far each hand gradient is from everything it is compared with.

#[cfg(not(target_arch = "wasm32"))]
pub mod digits;
#[cfg(not(target_arch = "wasm32"))]
pub mod on_dfdx;
pub mod plain;
#[cfg(not(target_arch = "wasm32"))]
mod run;
pub mod training;

#[cfg(not(target_arch = "wasm32"))]
pub use run::{ledger, run};

/// This chapter.
#[cfg(not(target_arch = "wasm32"))]
pub static CHAPTER: lab::Chapter = lab::Chapter {
    name: env!("CARGO_PKG_NAME"),
    number: 3,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[
        &gradients::CHAPTER,
        &minimax_loss::CHAPTER,
        &discriminator_training::CHAPTER,
    ],
    run,
};
