//! The tests of chapter 1.

use minimax_loss_checks as checks;
mod equations;
mod misconceptions;
mod parity;
mod slips;
mod solutions;
mod story;
