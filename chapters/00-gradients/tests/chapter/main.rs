//! The tests of chapter 0.

mod checks;
mod equations;
mod fast;
mod misconceptions;
mod parity;
mod program;
mod slips;
mod solutions;
mod story;

use gradients::plain; // what the checks read of `src/run` finds it here
