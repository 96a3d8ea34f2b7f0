//! The tests of chapter 10.

mod data;
mod equations;
mod files;
mod parity;
