//! The tests of chapter 3.

use gan_checks as checks;
mod equations;
mod first;
mod misconceptions;
mod parity;
mod program;
mod slips;
mod solutions;
mod story;
mod switches;
