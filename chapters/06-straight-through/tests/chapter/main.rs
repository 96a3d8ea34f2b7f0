//! The tests of chapter 6.

mod bad_input;
use straight_through_checks as checks;
mod equations;
mod misconceptions;
mod parity;
mod slips;
mod solutions;
mod story;
