//! # Chapter 7: the commitment loss
//!
//! An encoder, a codebook and a decoder learn together from three terms, each of which may move some of them and not
//! others. This chapter shows who receives which gradient, what the weight of the commitment term does, what happens
//! when a term is put in the wrong place, and how a codebook learns without a gradient and stays in use.
//!
//! - [`vae`]: the model that these terms come from, whose latents are Gaussians in place of codes.
//! - [`plain`]: the terms, moving averages, perplexity and revival in ndarray, gradients by hand.
//! - [`quantizer`]: a codebook with all that it needs in training; chapter 8 uses it as it is.
//! - [`bottleneck`]: what a network needs of any quantiser.
//! - [`residual`], [`product`]: several codebooks, one after another or side by side.
//! - [`alternatives`]: quantisers without a list of free vectors.
//! - [`training`]: one step in the order of the equations, on patches of digits.
//! - [`on_dfdx`]: the same terms on dfdx, where a stop-gradient is a type.
//! - [`ledger`]: how far each hand gradient is from everything it is compared with.

#[cfg(feature = "mine")]
extern crate self as commitment_loss;

pub mod alternatives;
pub mod bottleneck;
#[cfg(feature = "mine")]
mod mine;
#[cfg(not(target_arch = "wasm32"))]
pub mod on_dfdx;
pub mod plain;
pub mod product;
pub mod quantizer;
pub mod residual;
#[cfg(not(target_arch = "wasm32"))]
mod run;
#[cfg(not(target_arch = "wasm32"))]
pub mod training;
#[cfg(not(target_arch = "wasm32"))]
pub mod vae;

#[cfg(not(target_arch = "wasm32"))]
pub use run::{ledger, run};

/// This chapter.
#[cfg(not(target_arch = "wasm32"))]
pub static CHAPTER: lab::Chapter = lab::Chapter {
    name: env!("CARGO_PKG_NAME"),
    number: 7,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[
        &gradients::CHAPTER,
        &codebook_lookup::CHAPTER,
        &straight_through::CHAPTER,
    ],
    run,
};
