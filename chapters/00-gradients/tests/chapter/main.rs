//! The tests of chapter 0.

use gradients_checks as checks;
mod equations;
mod fast;
mod misconceptions;
mod parity;
mod program;
mod slips;
mod solutions;
mod story;
