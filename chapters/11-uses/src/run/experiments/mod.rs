//! An experiment a file.

pub mod augment;
pub mod compress;
mod compress_otherwise;
pub mod cost;
pub mod cures;
pub mod inside;
mod inside_attention;
pub mod meaning;
pub mod memory;
pub mod mend;
pub mod models;
pub mod restore;
pub mod translate;
pub mod variety;
