//! The tests of chapter 11.

use uses_checks as checks;
mod compress;
mod equations;
mod inside;
mod misconceptions;
mod parity;
mod solutions;
mod story;
