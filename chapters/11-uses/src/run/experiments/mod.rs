//! An experiment a file.

pub mod compress;
mod compress_otherwise;
pub mod meaning;
pub mod memory;
pub mod restore;
