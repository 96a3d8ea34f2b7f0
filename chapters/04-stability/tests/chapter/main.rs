//! The tests of chapter 4.

mod checks;
mod equations;
mod misconceptions;
mod pairs;
mod parity;
mod solutions;
mod story;
