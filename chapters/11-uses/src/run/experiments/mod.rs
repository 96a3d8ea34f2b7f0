//! An experiment a file.

pub mod cures;
pub mod meaning;
pub mod memory;
pub mod mend;
pub mod restore;
