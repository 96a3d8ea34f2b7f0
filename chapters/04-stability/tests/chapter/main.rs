//! The tests of chapter 4.

mod checks;
mod cures;
mod equations;
mod misconceptions;
mod nets;
mod pairs;
mod parity;
mod solutions;
mod story;
