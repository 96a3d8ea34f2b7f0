//! The tests of chapter 11.

use uses_checks as checks;
mod compress;
mod conditional;
mod cost;
mod cures;
mod equations;
mod given;
mod inside;
mod mend;
mod misconceptions;
mod parity;
mod solutions;
mod story;
mod translate;
mod variety;
