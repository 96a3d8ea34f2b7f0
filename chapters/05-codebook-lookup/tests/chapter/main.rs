//! The tests of chapter 5.

mod bad_input;
use codebook_lookup_checks as checks;
mod equations;
mod misconceptions;
mod parity;
mod slips;
mod solutions;
mod story;
