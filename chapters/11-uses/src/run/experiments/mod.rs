//! An experiment a file.

pub mod meaning;
pub mod restore;
