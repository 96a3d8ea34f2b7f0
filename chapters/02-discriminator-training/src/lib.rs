//! # Chapter 2: training the discriminator
//!
//! One half of the game, alone: a discriminator learns to tell real inputs from generated ones while the generator
//! stands still. This chapter writes one step out, compares what is learnt with the best possible answer, and asks
//! what a good discriminator leaves for the generator to learn from.
//!
//! - [`plain`]: the step in ndarray: two batches, two gradients, added.
//! - [`on_dfdx`]: the same step on dfdx, where forgetting to detach is one missing call.
//! - [`training`]: a discriminator in training, in either room, on any two sources of batches.
//! - [`ledger`]: how far each hand gradient is from everything it is compared with.

#[cfg(not(target_arch = "wasm32"))]
pub mod on_dfdx;
pub mod plain;
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
    number: 2,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[&gradients::CHAPTER, &minimax_loss::CHAPTER],
    run,
};
