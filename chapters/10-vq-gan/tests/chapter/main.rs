//! The tests of chapter 10.

use vq_gan_checks as checks;
mod data;
mod equations;
mod files;
mod misconceptions;
mod parity;
mod program;
mod solutions;
mod story;
mod wish;
