//! The tests of chapter 10.

mod parity;
