//! The tests of chapter 4.

use stability_checks as checks;
mod equations;
mod misconceptions;
mod pairs;
mod parity;
mod solutions;
mod story;
