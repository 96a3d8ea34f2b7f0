//! The tests of chapter 7.

use commitment_loss_checks as checks;
mod equations;
mod misconceptions;
mod parity;
mod quantizer;
mod slips;
mod solutions;
mod stacks;
mod story;
