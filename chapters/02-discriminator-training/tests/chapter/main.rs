//! The tests of chapter 2.

use discriminator_training_checks as checks;
mod equations;
mod misconceptions;
mod parity;
mod slips;
mod solutions;
mod story;
