//! An experiment a file.

pub mod cost;
pub mod meaning;
pub mod memory;
pub mod restore;
pub mod variety;
