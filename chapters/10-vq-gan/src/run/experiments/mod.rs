//! An experiment a file.

pub mod contrast;
pub mod emoji;
pub mod ends;
pub mod heard;
pub mod logged;
pub mod parts;
pub mod spoilt;
pub mod trade;
pub mod wish;
