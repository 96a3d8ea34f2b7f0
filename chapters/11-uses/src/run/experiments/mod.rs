//! An experiment a file.

pub mod augment;
pub mod meaning;
pub mod memory;
pub mod models;
pub mod restore;
pub mod translate;
