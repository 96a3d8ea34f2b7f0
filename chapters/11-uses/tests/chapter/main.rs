//! The tests of chapter 11.

use uses_checks as checks;
mod cures;
mod equations;
mod mend;
mod misconceptions;
mod parity;
mod solutions;
mod story;
