//! The tests of chapter 9.

use code_prior_checks as checks;
mod coding;
mod completion;
mod equations;
mod files;
mod misconceptions;
mod parity;
mod pixelcnn;
mod program;
mod slips;
mod solutions;
mod story;
