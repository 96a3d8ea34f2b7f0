//! # Chapter 11: what these models are good for
//!
//! What the earlier chapters have built, put to work on real pictures, each use beside a way that needs no generative model.
//!
//! - [`plain`]: how a restoration is measured, and three answers to one question: what was there, given what is left?
//! - [`damages`]: what is done to a picture.
//! - [`colour`]: the same in colour.
//! - [`restore`]: the searches, whole.
//! - [`private`]: gradients that no picture can bend by much.
//! - [`on_dfdx`]: the search for a generator's noise on a tape.

pub mod colour;
pub mod damages;
pub mod on_dfdx;
pub mod plain;
pub mod private;
pub mod restore;
mod run;

pub use run::{ledger, run};

/// This chapter.
pub static CHAPTER: lab::Chapter = lab::Chapter {
    name: env!("CARGO_PKG_NAME"),
    number: 11,
    dir: env!("CARGO_MANIFEST_DIR"),
    uses: &[
        &gradients::CHAPTER,
        &gan::CHAPTER,
        &stability::CHAPTER,
        &codebook_lookup::CHAPTER,
        &vq_vae::CHAPTER,
        &code_prior::CHAPTER,
        &vq_gan::CHAPTER,
    ],
    run,
};
