//! An experiment a file.

pub mod compress;
mod compress_otherwise;
pub mod inside;
mod inside_attention;
pub mod meaning;
pub mod memory;
pub mod restore;
