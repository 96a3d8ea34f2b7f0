//! # Chapter 6: straight-through gradients
//!
//! Between an encoder and a decoder stands a lookup, and a lookup has no gradient worth the name. This chapter shows
//! that, passes the decoder's gradient around the lookup as everyone does, measures what that costs, and tries three
//! other ways past the same obstacle.
//!
//! - [`plain`]: the functions in ndarray, gradients by hand.
//! - [`on_dfdx`]: the same functions on dfdx.
//! - [`training`]: an encoder, a codebook and a decoder, trained with any of them.
//! - [`ledger`]: how far each hand gradient is from everything it is compared with.

#[cfg(feature = "mine")]
extern crate self as straight_through;

#[cfg(feature = "mine")]
mod mine;
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
    number: 6,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[&gradients::CHAPTER, &codebook_lookup::CHAPTER],
    run,
};
