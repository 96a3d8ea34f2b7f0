//! # Chapter 3: a GAN that draws
//!
//! The two players of chapters 1 and 2, put together and trained: where one can see everything, on modes in the plane,
//! then on digits.
//!
//! - [`plain`]: the step in ndarray: through the discriminator into the generator, penalties, packing, averaging.
//! - [`on_dfdx`]: the same step on dfdx, the penalty written as a forward expression.
//! - [`training`]: the pair in training; its checkpoint serves both rooms.
//! - [`eyes`]: the classifier that the measures look through.
//! - [`measures`]: how good is it? Modes, classes, Fréchet distance, precision and recall, Parzen windows.
//! - [`ledger`]: how far each hand gradient is from everything it is compared with.

pub mod eyes;
pub mod ledger;
pub mod measures;
pub mod on_dfdx;
pub mod plain;
mod run;
pub mod training;

pub use run::{digits, run};

/// This chapter.
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
