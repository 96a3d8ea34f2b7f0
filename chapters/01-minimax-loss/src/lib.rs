//! # Chapter 1: the minimax loss
//!
//! A generator and a discriminator play a game over one number, the value V(D, G). This chapter computes that number,
//! finds the discriminator that maximises it and what it then measures, and compares the losses by which a generator
//! can try to lower it: the one in the definition, the one in use, and the one in a popular article.
//!
//! - [`plain`]: the functions in ndarray, gradients by hand, on logits.
//! - [`on_dfdx`]: the same functions on dfdx.
//! - [`ledger`]: how far each hand gradient is from everything it is compared with.

#[cfg(feature = "mine")]
extern crate self as minimax_loss;

#[cfg(feature = "mine")]
mod mine;
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
    number: 1,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[&gradients::CHAPTER],
    run,
};
