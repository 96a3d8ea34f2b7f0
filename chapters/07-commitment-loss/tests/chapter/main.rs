//! The tests of chapter 7.

mod checks;
mod equations;
mod misconceptions;
mod parity;
mod quantizer;
mod slips;
mod solutions;
mod stacks;
mod story;
