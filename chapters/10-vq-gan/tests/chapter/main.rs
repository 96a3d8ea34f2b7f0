//! The tests of chapter 10.

use vq_gan_checks as checks;
mod misconceptions;
mod solutions;
