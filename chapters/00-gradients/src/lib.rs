//! # Chapter 0: gradients by hand
//!
//! Everything that this workbook trains, it trains by following a gradient. This chapter derives the gradients that
//! all later chapters are made of: a linear layer, four activations, three losses; checks each against a finite
//! difference, against dfdx and against PyTorch; and trains a first network with them, on real digits.
//!
//! - [`plain`]: the functions in ndarray, each backward pass written right below its forward pass.
//! - [`on_dfdx`]: the same functions on dfdx, where a tape finds the gradients.
//! - [`classifier`]: the network that learns the digits, step by step in both rooms.
//! - [`ledger`]: how far each hand gradient is from everything it is compared with.

#[cfg(feature = "mine")]
extern crate self as gradients;

#[cfg(not(target_arch = "wasm32"))]
pub mod classifier;
#[cfg(not(target_arch = "wasm32"))]
pub mod compare;
#[cfg(feature = "mine")]
mod mine;
pub mod model;
#[cfg(not(target_arch = "wasm32"))]
pub mod on_dfdx;
pub mod plain;
#[cfg(not(target_arch = "wasm32"))]
mod run;

#[cfg(not(target_arch = "wasm32"))]
pub use run::{ledger, run};

/// This chapter.
#[cfg(not(target_arch = "wasm32"))]
pub static CHAPTER: lab::Chapter = lab::Chapter {
    name: env!("CARGO_PKG_NAME"),
    number: 0,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[],
    run,
};
