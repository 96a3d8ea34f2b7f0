//! What programs tell those who watch.

use std::fmt::Display;
use std::io::Write;

/// A line for who watches, on standard error. If it is closed or full, there is nobody to tell.
pub fn say(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
