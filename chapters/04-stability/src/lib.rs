//! # Chapter 4: stability
//!
//! Two players who each go downhill on their own loss need not get anywhere: they can circle each other for ever, and
//! drift apart. This chapter shows why on the smallest game that does it, and what helps.
//!
//! - [`plain`]: the smallest game in ndarray, its steps, their Jacobian and its eigenvalues by hand.
//! - [`spectral`]: the slope of a layer and of a network, found by power iteration and divided out.
//! - [`metric`]: how far apart two clouds are, by a divergence and by Wasserstein's distance.
//! - [`critic`]: weights that are clipped, and penalties on the length of a gradient.
//! - [`losses`]: Wasserstein's loss, least squares and hinge, beside chapter 1's.
//! - [`net`], [`conv`], [`deviation`]: networks of any linear map, convolutions among them, and how a batch varies.
//! - [`game`], [`pair`], [`digits`]: a pair in training with any of the cures; the one that draws digits.
//! - [`causes`]: ways to spoil a pair of networks, and the log of a run.
//! - [`on_dfdx`]: the same steps on dfdx, the gradients from the tape.
//! - [`ledger`]: how far each hand gradient is from everything it is compared with.

#[cfg(not(target_arch = "wasm32"))]
pub mod causes;
pub mod conv;
pub mod critic;
pub mod deviation;
#[cfg(not(target_arch = "wasm32"))]
pub mod digits;
pub mod game;
pub mod losses;
#[cfg(not(target_arch = "wasm32"))]
pub mod metric;
pub mod net;
#[cfg(not(target_arch = "wasm32"))]
pub mod on_dfdx;
#[cfg(not(target_arch = "wasm32"))]
pub mod pair;
pub mod plain;
#[cfg(not(target_arch = "wasm32"))]
mod run;
pub mod spectral;

#[cfg(not(target_arch = "wasm32"))]
pub use run::experiments::logged;
#[cfg(not(target_arch = "wasm32"))]
pub use run::{ledger, run};

/// This chapter.
#[cfg(not(target_arch = "wasm32"))]
pub static CHAPTER: lab::Chapter = lab::Chapter {
    name: env!("CARGO_PKG_NAME"),
    number: 4,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[
        &gradients::CHAPTER,
        &minimax_loss::CHAPTER,
        &discriminator_training::CHAPTER,
        &gan::CHAPTER,
    ],
    run,
};
