//! An experiment a file.

pub mod augment;
pub mod meaning;
pub mod memory;
pub mod restore;
