//! The tests of chapter 8.

mod any;
use vq_vae_checks as checks;
mod coding;
mod equations;
mod misconceptions;
mod model;
mod parity;
mod program;
mod slips;
mod solutions;
mod story;
