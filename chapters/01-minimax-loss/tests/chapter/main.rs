//! The tests of chapter 1.

mod checks;
mod equations;
mod misconceptions;
mod parity;
mod slips;
mod solutions;
mod story;
