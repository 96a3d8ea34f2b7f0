//! The tests of chapter 11.

mod equations;
