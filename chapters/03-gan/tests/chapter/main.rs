//! The tests of chapter 3.

mod checks;
mod equations;
mod first;
mod misconceptions;
mod parity;
mod program;
mod slips;
mod solutions;
mod story;
mod switches;
