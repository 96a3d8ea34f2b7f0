//! The tests of chapter 6.

mod bad_input;
mod checks;
mod equations;
mod misconceptions;
mod parity;
mod slips;
mod solutions;
mod story;
