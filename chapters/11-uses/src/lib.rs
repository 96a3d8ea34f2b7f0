//! # Chapter 11: what these models are good for
//!
//! What the earlier chapters have built, put to work on real pictures, each use beside a way that needs no generative model.
//!
//! - [`plain`]: how a restoration is measured, and three answers to one question: what was there, given what is left?
//! - [`conditional`]: a generator that is told what to draw.
//! - [`augment`]: a classifier, and what it learns from besides labelled digits.
//! - [`damages`]: what is done to a picture.
//! - [`colour`]: the same in colour.
//! - [`restore`]: the searches, whole.
//! - [`cycle`]: two generators between two artists, from pictures without pairs.
//! - [`translate`]: codes of one artist's drawing given the other's, and ways without a model.
//! - [`mod@compress`]: codecs at equal error, and what has to be sent beforehand.
//! - [`variety`]: three systems that draw emoji, and ways without a network.
//! - [`mod@cost`]: how what a system takes grows with the side of a picture.
//! - [`private`]: gradients that no picture can bend by much.
//! - [`inside`]: directions in a noise, and how far a guess moves.
//! - [`on_dfdx`]: the search for a generator's noise on a tape.

pub mod augment;
pub mod colour;
pub mod compress;
pub mod conditional;
pub mod cost;
pub mod cycle;
pub mod damages;
pub mod inside;
pub mod on_dfdx;
pub mod plain;
pub mod private;
pub mod restore;
mod run;
pub mod translate;
pub mod variety;

pub use run::experiments::models;
pub use run::{ledger, run, translate_ledger};

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
