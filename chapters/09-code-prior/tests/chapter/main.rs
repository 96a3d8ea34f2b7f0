//! The tests of chapter 9.

mod checks;
mod coding;
mod completion;
mod equations;
mod files;
mod misconceptions;
mod parity;
mod program;
mod slips;
mod solutions;
mod story;
